/* A device in a room of Wi-Fi networks: the real agent over records in memory, a radio and a clock that the test moves. No host answers,
 * unless the test says what. */
#ifndef EF_TEST_ROOM_H
#define EF_TEST_ROOM_H

#include "espforge/ef_agent.h"

#define ROOM_NETWORKS 8
#define ROOM_RECORDS 12

typedef struct room_network {
    const char *ssid, *password; /* NULL: the place is empty */
    int8_t rssi_dbm;
    bool gives_no_address;
} room_network;

typedef struct room_record {
    char key[16];
    size_t len;
    uint8_t value[EF_RECORD_BYTES];
} room_record;

typedef struct room {
    /* What the host answers: its HTTP status, 0 when the network fails, -1 for silence. The body goes to r->body as a text. NULL: no host. */
    int32_t (*host)(struct room *r, const ef_request *request);
    char body[4096];
    int32_t status;
    size_t given; /* of the head and the body */
    uint32_t requests;

    ef_agent agent;
    ef_all_parts parts;
    ef_port port;
    ef_provision_port provision_port;
    ef_agent_config config;
    int64_t now_ms;

    room_network networks[ROOM_NETWORKS];
    bool scan_is_slow; /* no scan has ended yet */
    bool open_fails, radio_fails, kv_fails;
    ef_network network;
    char ssid[33], password[65]; /* of the join under way or done */
    int64_t decided_ms;

    uint32_t joins, leaves, scans, opens, closes, identified, kv_writes, restarts;
    uint32_t random_state;
    room_record records[ROOM_RECORDS];
    char log[4096]; /* lines, the latest only when it is full */
    size_t log_len;
} room;

/* Switched on: with what the records hold. */
void room_init(room *r);
void room_boot(room *r);
void room_run(room *r, int64_t ms);
/* Every network known to the device is stored as if a person had given it. */
void room_know(room *r, const char *ssid, const char *password, uint8_t priority);
bool room_said(const room *r, const char *text);
room_record *room_find(room *r, const char *key);

#endif
