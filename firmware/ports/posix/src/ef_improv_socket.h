/* A Unix socket in place of a device's serial line: whoever connects speaks Improv. One client at a time. */
#ifndef EF_IMPROV_SOCKET_H
#define EF_IMPROV_SOCKET_H

#include "espforge/ef_improv.h"
#include "espforge/ef_status.h"

typedef struct ef_improv_socket {
    struct ef_agent *agent;
    char path[108];
    int listen_fd, fd; /* -1: none */
    size_t from, to;
    uint8_t out[EF_IMPROV_FRAME_BYTES];
    ef_improv improv;
} ef_improv_socket;

/* EF_NETWORK with errno. A socket left at the path is replaced; anything else there is not. */
ef_status ef_improv_socket_open(ef_improv_socket *s, struct ef_agent *agent, const char *path);
void ef_improv_socket_step(ef_improv_socket *s);
void ef_improv_socket_close(ef_improv_socket *s);

#endif
