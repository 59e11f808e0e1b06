/* The Wi-Fi networks a device knows: a few, stored as one record, joined in the order of priority and last success, with fallback.
 *
 * A port that has a radio keeps to this: after EF_NETWORK_JOIN has returned EF_OK, facts.network is EF_NETWORK_JOINING until it is UP, REFUSED
 * or ABSENT; REFUSED and ABSENT stay until the next join. It stores no credential of its own. */
#ifndef EF_NETWORKS_H
#define EF_NETWORKS_H

#include "espforge/ef_port.h"

#define EF_NETWORKS_MAX 4u
#define EF_NETWORKS_PRIORITY 10u /* of one that a person gave */
#define EF_SSID_BYTES 32u
#define EF_PASSWORD_BYTES 64u

struct ef_agent;

typedef struct ef_wifi {
    char ssid[EF_SSID_BYTES + 1];
    char password[EF_PASSWORD_BYTES + 1]; /* empty: an open network */
    uint8_t priority;                     /* the greatest is tried first */
} ef_wifi;

/* What is kept in memory of a network; its name and password are read from flash when it is joined. */
typedef struct ef_known_network {
    uint8_t priority;
    uint8_t rank;             /* by last success: 1 = the latest, 0 = never */
    uint8_t refused, absent;  /* in a row: the password was wrong; nothing of that name was heard */
    int64_t next_ms;
} ef_known_network;

typedef struct ef_networks {
    uint8_t count;
    uint8_t current; /* being joined or joined; EF_NETWORKS_MAX: none of ours */
    bool trying;
    bool down;       /* there is a radio, and it has no network */
    ef_network seen;
    int64_t look_ms, deadline_ms;
    int64_t down_since_ms;
    ef_known_network known[EF_NETWORKS_MAX];
} ef_networks;

/* EF_OK for a name of 1-32 bytes and a password that is empty, 8-63 printable characters, or 64 hex digits. */
ef_status ef_wifi_check(const char *ssid, const char *password);
/* Adds a network or changes the one of that name. A fifth one replaces the one with the least priority and the oldest success.
 * EF_BAD_ARGUMENT, EF_FLASH_FAILED. */
ef_status ef_networks_add(struct ef_agent *agent, const ef_wifi *network);
/* EF_NOT_FOUND when it is not known. */
ef_status ef_networks_remove(struct ef_agent *agent, const char *ssid);
/* EF_NOT_FOUND past the last. */
ef_status ef_networks_get(const struct ef_agent *agent, size_t index, ef_wifi *network);
/* None of those known could be joined, each was tried often enough, and that for a while. */
bool ef_networks_lost(const struct ef_agent *agent);

#endif
