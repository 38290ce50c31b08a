/* The numbers of `wire.py`, where they are explained. A test holds the two together. */

#define WIRE_DOOR "door"
#define WIRE_HIGH_NUMBERS {900, 200, 50, 10}
#define WIRE_HELPERS {"from multiprocessing.resource_tracker import main", "from multiprocessing.forkserver import main"}

#define WIRE_PROTOCOL 1
#define WIRE_HELLO 1
#define WIRE_BYE 5
#define WIRE_FAILURE 6

#define WIRE_RING_MAGIC 0x676e726975746367
#define WIRE_RING_FORMAT 3
#define WIRE_HEADER_WORDS 32
#define WIRE_MAGIC 0
#define WIRE_FORMAT 1
#define WIRE_PID 2
#define WIRE_INTERPRETER 3
#define WIRE_CAPACITY 4
#define WIRE_SITES_BYTES 5
#define WIRE_WRITTEN 6
#define WIRE_RUNNING 7
#define WIRE_SITES_USED 8
#define WIRE_STARTED 9
#define WIRE_PARENT 10
#define WIRE_VERSION 11
#define WIRE_CHILDREN_LOST 12

#define WIRE_SMALL_CAPACITY 2048
#define WIRE_RECORD_SIZE 64
#define WIRE_SITES_OFFSET 256
#define WIRE_SITES_SIZE 65536
#define WIRE_RECORDS_OFFSET 65792

#define WIRE_GENERATION_BITS 3
#define WIRE_BY_PROGRAM 4
#define WIRE_CANDIDATES 32
#define WIRE_MOST_CANDIDATES 4294967295
#define WIRE_NO_SITE 0
#define WIRE_FORCED_SITE 1
#define WIRE_AGENT_SITE 2
#define WIRE_PROBE_SITE 3
#define WIRE_FIRST_SITE 8
