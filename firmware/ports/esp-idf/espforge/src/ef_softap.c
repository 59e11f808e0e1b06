#include "ef_softap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "esp_log.h"
#include "lwip/sockets.h"

#include "espforge/ef_dns.h"

#define ADDRESS "192.168.4.1" /* of an access point of ESP-IDF */
#define HTTP_PORT 80
#define DNS_PORT 53
#define CONNECTION_MS 10000
#define LEAVING_MS 1000
#define QUERIES_A_STEP 4
#define TURNS_A_STEP 4

static const char tag[] = "espforge";

void ef_softap_init(ef_softap *ap, struct ef_agent *agent, ef_radio *radio)
{
    *ap = (ef_softap){.agent = agent, .radio = radio, .http = -1, .dns = -1};
}

/* On the access point's address only: the portal is not for the network that is joined. */
static int open_socket(int type, uint16_t port)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
    int yes = 1, fd = socket(AF_INET, type, 0);
    if (fd < 0)
        return -1;
    if (inet_pton(AF_INET, ADDRESS, &name.sin_addr) == 1 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
        bind(fd, (struct sockaddr *)&name, sizeof name) == 0 && (type != SOCK_STREAM || listen(fd, EF_SOFTAP_CONNECTIONS) == 0) &&
        fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static void close_socket(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

ef_status ef_softap_open(ef_softap *ap, const char *ssid)
{
    if (ap->is_open)
        return EF_OK;
    if (ap->connections == NULL) {
        ap->connections = calloc(EF_SOFTAP_CONNECTIONS, sizeof *ap->connections);
        if (ap->connections == NULL)
            return EF_NETWORK;
        for (size_t i = 0; i < EF_SOFTAP_CONNECTIONS; i++)
            ap->connections[i].fd = -1;
    }
    ef_status status = ef_radio_offer(ap->radio, ssid, "http://" ADDRESS "/");
    if (status != EF_OK)
        return status;
    ap->http = open_socket(SOCK_STREAM, HTTP_PORT);
    ap->dns = open_socket(SOCK_DGRAM, DNS_PORT);
    ap->is_open = true;
    if (ap->http < 0) {
        ESP_LOGE(tag, "the portal's port cannot be had: %d", errno);
        ef_softap_close(ap);
        return EF_NETWORK;
    }
    ESP_LOGI(tag, "join the network %s and open http://" ADDRESS "/", ssid);
    return EF_OK;
}

static void hang_up(ef_softap_connection *c)
{
    close_socket(&c->fd);
}

void ef_softap_close(ef_softap *ap)
{
    if (!ap->is_open)
        return;
    ap->is_open = false;
    close_socket(&ap->http);
    close_socket(&ap->dns);
    for (size_t i = 0; i < EF_SOFTAP_CONNECTIONS; i++)
        hang_up(&ap->connections[i]);
    free(ap->connections);
    ap->connections = NULL;
    ef_radio_withdraw(ap->radio);
}

static void answer_names(ef_softap *ap)
{
    static const uint8_t address[4] = {192, 168, 4, 1};
    for (int i = 0; ap->dns >= 0 && i < QUERIES_A_STEP; i++) {
        uint8_t query[EF_DNS_BYTES], reply[EF_DNS_BYTES];
        struct sockaddr_in from;
        socklen_t from_len = sizeof from;
        ssize_t n = recvfrom(ap->dns, query, sizeof query, 0, (struct sockaddr *)&from, &from_len);
        if (n <= 0)
            return;
        size_t len = ef_dns_answer(query, (size_t)n, address, reply, sizeof reply);
        if (len > 0)
            (void)sendto(ap->dns, reply, len, 0, (struct sockaddr *)&from, from_len);
    }
}

/* A free place, or that of a connection which has been silent for longest: browsers open some to spare. */
static ef_softap_connection *place(ef_softap *ap)
{
    ef_softap_connection *silent = NULL;
    for (size_t i = 0; i < EF_SOFTAP_CONNECTIONS; i++) {
        ef_softap_connection *c = &ap->connections[i];
        if (c->fd < 0)
            return c;
        if (!c->has_spoken && (silent == NULL || c->opened_ms < silent->opened_ms))
            silent = c;
    }
    return silent;
}

static void greet(ef_softap *ap, int64_t now_ms)
{
    ef_softap_connection *c = place(ap);
    int fd = c == NULL ? -1 : accept(ap->http, NULL, NULL);
    if (fd < 0)
        return;
    hang_up(c);
    memset(c, 0, sizeof *c);
    c->fd = fd;
    c->opened_ms = now_ms;
    c->deadline_ms = now_ms + CONNECTION_MS;
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
        hang_up(c);
    ef_portal_begin(&c->portal, ap->agent, ADDRESS);
}

/* What the browser still sends is read away: a close with unread bytes would take the answer with it. */
static void leave(ef_softap_connection *c, int64_t now_ms)
{
    (void)shutdown(c->fd, SHUT_WR);
    c->is_leaving = true;
    c->deadline_ms = now_ms + LEAVING_MS;
}

static void listen_to(ef_softap_connection *c)
{
    uint8_t in[512];
    ssize_t n = recv(c->fd, in, sizeof in, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)) {
        hang_up(c);
    } else if (n > 0 && !c->is_leaving) {
        c->has_spoken = true;
        c->is_answering = ef_portal_feed(&c->portal, in, (size_t)n);
    }
}

static void answer(ef_softap_connection *c, int64_t now_ms)
{
    if (c->from == c->to) {
        c->from = 0;
        c->to = ef_portal_read(&c->portal, c->out, sizeof c->out);
        if (c->to == 0) {
            leave(c, now_ms);
            return;
        }
    }
    ssize_t n = send(c->fd, c->out + c->from, c->to - c->from, 0);
    if (n > 0)
        c->from += (size_t)n;
    else if (errno != EAGAIN && errno != EWOULDBLOCK)
        hang_up(c);
}

void ef_softap_step(ef_softap *ap, int64_t now_ms)
{
    if (!ap->is_open)
        return;
    answer_names(ap);
    greet(ap, now_ms);
    for (size_t i = 0; i < EF_SOFTAP_CONNECTIONS; i++) {
        ef_softap_connection *c = &ap->connections[i];
        for (int turn = 0; turn < TURNS_A_STEP && c->fd >= 0; turn++) {
            if (now_ms >= c->deadline_ms)
                hang_up(c);
            else if (c->is_leaving || !c->is_answering)
                listen_to(c);
            else
                answer(c, now_ms);
        }
    }
}
