#include "ef_portal_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTION_MS 10000
#define LEAVING_MS 1000

void ef_portal_server_init(ef_portal_server *s, struct ef_agent *agent, uint16_t port)
{
    memset(s, 0, sizeof *s);
    s->agent = agent;
    s->port = port;
    s->fd = -1;
    for (size_t i = 0; i < EF_PORTAL_CONNECTIONS; i++)
        s->connections[i].fd = -1;
}

ef_status ef_portal_server_open(ef_portal_server *s)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(s->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof name;
    int yes = 1;
    if (s->fd >= 0)
        return EF_OK;
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->fd >= 0 && setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 && bind(s->fd, (struct sockaddr *)&name, len) == 0 &&
        listen(s->fd, 8) == 0 && getsockname(s->fd, (struct sockaddr *)&name, &len) == 0) {
        s->port = ntohs(name.sin_port);
        (void)snprintf(s->address, sizeof s->address, s->port == 80 ? "127.0.0.1" : "127.0.0.1:%u", s->port);
        return EF_OK;
    }
    int saved = errno;
    if (s->fd >= 0)
        (void)close(s->fd);
    s->fd = -1;
    errno = saved;
    return EF_NETWORK;
}

void ef_portal_server_close(ef_portal_server *s)
{
    if (s->fd >= 0)
        (void)close(s->fd);
    s->fd = -1;
}

static void hang_up(ef_portal_connection *c)
{
    (void)close(c->fd);
    c->fd = -1;
}

/* A free place, or that of a connection which has been silent for longest: browsers open some to spare. */
static ef_portal_connection *place(ef_portal_server *s)
{
    ef_portal_connection *silent = NULL;
    for (size_t i = 0; i < EF_PORTAL_CONNECTIONS; i++) {
        ef_portal_connection *c = &s->connections[i];
        if (c->fd < 0)
            return c;
        if (!c->has_spoken && (silent == NULL || c->opened_ms < silent->opened_ms))
            silent = c;
    }
    if (silent != NULL)
        hang_up(silent);
    return silent;
}

static void greet(ef_portal_server *s, int64_t now_ms)
{
    ef_portal_connection *c = s->fd < 0 ? NULL : place(s);
    int fd = c == NULL ? -1 : accept4(s->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    memset(c, 0, sizeof *c);
    c->fd = fd;
    c->opened_ms = now_ms;
    c->deadline_ms = now_ms + CONNECTION_MS;
    ef_portal_begin(&c->portal, s->agent, s->address);
}

/* What the browser still sends is read away: a close with unread bytes would take the answer with it. */
static void leave(ef_portal_connection *c, int64_t now_ms)
{
    (void)shutdown(c->fd, SHUT_WR);
    c->is_leaving = true;
    c->deadline_ms = now_ms + LEAVING_MS;
}

static void step(ef_portal_connection *c, int64_t now_ms)
{
    uint8_t in[1024];
    ssize_t n;
    if (now_ms >= c->deadline_ms) {
        hang_up(c);
        return;
    }
    if (c->is_leaving || !c->is_answering) {
        n = recv(c->fd, in, sizeof in, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
            hang_up(c);
            return;
        }
        if (n > 0 && !c->is_leaving) {
            c->has_spoken = true;
            c->is_answering = ef_portal_feed(&c->portal, in, (size_t)n);
        }
        return;
    }
    if (c->from == c->to) {
        c->from = 0;
        c->to = ef_portal_read(&c->portal, c->out, sizeof c->out);
        if (c->to == 0) {
            leave(c, now_ms);
            return;
        }
    }
    n = send(c->fd, c->out + c->from, c->to - c->from, MSG_NOSIGNAL);
    if (n > 0)
        c->from += (size_t)n;
    else if (errno != EAGAIN && errno != EINTR)
        hang_up(c);
}

void ef_portal_server_step(ef_portal_server *s, int64_t now_ms)
{
    greet(s, now_ms);
    for (size_t i = 0; i < EF_PORTAL_CONNECTIONS; i++)
        for (int turn = 0; turn < 16 && s->connections[i].fd >= 0; turn++)
            step(&s->connections[i], now_ms);
}
