#include "ef_websocket.h"

#include <stdio.h>
#include <stdlib.h>

#if defined(EF_HAVE_LIBWEBSOCKETS)

#include <libwebsockets.h>
#include <sys/random.h>

#include "ef_inbox.h"
#include "ef_link_url.h"
#include "ef_monotonic.h"
#include "espforge/ef_frame.h"

#define PROTOCOL "espforge.v1"
#define PING_MS 30000
#define SILENCE_MS 75000
#define OUTBOX_BYTES 32768u
#define ACKS 16u
#define RESTART_S 30u     /* after 1012: within so many seconds */
#define CROWDED_S 60      /* after 1013 */
#define GOODBYE_PUMPS 8

struct ef_websocket {
    struct lws_context *context;
    struct lws *wsi;
    const char *ca_file;
    bool is_pinned;
    bool active, up, lost, closing;
    int32_t status, retry_after_s;
    int64_t heard_ms, ping_ms;
    char subprotocols[1100];
    ef_outbox outbox;
    uint8_t outbox_bytes[OUTBOX_BYTES];
    uint32_t acks[ACKS], ack_count;
    ef_inbox inbox;
    size_t fill;
    bool too_large;
    char frame[EF_FRAME_BYTES];
    unsigned char out[LWS_PRE + EF_FRAME_BYTES + 1];
};

static void closed_with(ef_websocket *w, unsigned code)
{
    uint8_t dice = 0;
    switch (code) {
    case 1008:
        w->status = 401;
        break;
    case 1009:
        ef_outbox_drop_first(&w->outbox); /* it would come to the same again */
        break;
    case 1002: /* libwebsockets 4.1 gives 1012 and 1013 as this; a host that does not understand us is left alone for a while too */
    case 1012:
        (void)!getrandom(&dice, 1, 0);
        w->retry_after_s = 1 + (int32_t)(dice % RESTART_S);
        break;
    case 1013:
        w->retry_after_s = CROWDED_S;
        break;
    default:
        break;
    }
}

static int end_with(ef_websocket *w, struct lws *wsi, enum lws_close_status code)
{
    lws_close_reason(wsi, code, NULL, 0);
    w->lost = true;
    return -1;
}

static int received(ef_websocket *w, struct lws *wsi)
{
    ef_frame frame;
    if (ef_frame_read(w->frame, w->fill, &frame) != EF_OK)
        return end_with(w, wsi, LWS_CLOSE_STATUS_PROTOCOL_ERR);
    if (frame.kind == EF_FRAME_ACK) {
        (void)ef_outbox_acknowledge(&w->outbox, frame.id);
        return 0;
    }
    if (ef_inbox_is_full(&w->inbox))
        return 0; /* not acknowledged: it comes again */
    if (frame.id != 0 && w->ack_count == ACKS)
        return end_with(w, wsi, LWS_CLOSE_STATUS_POLICY_VIOLATION);
    if (frame.id != 0)
        w->acks[w->ack_count++] = frame.id;
    ef_inbox_put(&w->inbox, frame.topic, frame.body.text, frame.body.len);
    lws_callback_on_writable(wsi);
    return 0;
}

/* One frame a call, as libwebsockets wants it. */
static int write_one(ef_websocket *w, struct lws *wsi)
{
    char *text = (char *)w->out + LWS_PRE;
    int64_t now_ms = ef_monotonic_ms();
    size_t len = 0;
    enum lws_write_protocol kind = LWS_WRITE_TEXT;
    if (w->closing)
        return end_with(w, wsi, LWS_CLOSE_STATUS_NORMAL);
    if (w->ack_count > 0) {
        (void)ef_frame_write_ack(text, EF_FRAME_BYTES, w->acks[0], &len);
        w->ack_count--;
        memmove(&w->acks[0], &w->acks[1], w->ack_count * sizeof w->acks[0]);
    } else if (now_ms >= w->ping_ms) {
        w->ping_ms = now_ms + PING_MS;
        kind = LWS_WRITE_PING;
    } else if (ef_outbox_next(&w->outbox, now_ms, text, EF_FRAME_BYTES + 1, &len) != EF_OK) {
        return 0;
    }
    if (lws_write(wsi, w->out + LWS_PRE, len, kind) < (int)len)
        return -1;
    lws_callback_on_writable(wsi);
    return 0;
}

static bool is_ours(struct lws *wsi)
{
    char selected[32];
    int n = lws_hdr_copy(wsi, selected, (int)sizeof selected, WSI_TOKEN_PROTOCOL);
    return n == (int)strlen(PROTOCOL) && strcmp(selected, PROTOCOL) == 0;
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    struct lws_context *context = lws_get_context(wsi);
    ef_websocket *w = context == NULL ? NULL : lws_context_user(context);
    (void)user;
    if (w == NULL)
        return 0;
    switch (reason) {
    case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH:
        return is_ours(wsi) ? 0 : 1; /* another answer than ours might be the token given back */
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        w->up = true;
        w->status = 200;
        w->heard_ms = ef_monotonic_ms();
        w->ping_ms = w->heard_ms + PING_MS;
        ef_outbox_restart(&w->outbox);
        lws_callback_on_writable(wsi);
        return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        if (lws_http_client_http_response(wsi) == 401 || (in != NULL && memmem(in, len, "unauthorized", 12) != NULL))
            w->status = 401;
        w->lost = true;
        w->wsi = NULL;
        return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
        w->heard_ms = ef_monotonic_ms();
        return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE:
        w->heard_ms = ef_monotonic_ms();
        if (lws_is_first_fragment(wsi))
            w->fill = 0;
        if (len > sizeof w->frame - w->fill)
            return end_with(w, wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE);
        memcpy(w->frame + w->fill, in, len);
        w->fill += len;
        if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) != 0)
            return 0;
        return received(w, wsi);
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        return write_one(w, wsi);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        if (len >= 2)
            closed_with(w, (unsigned)((const uint8_t *)in)[0] << 8 | ((const uint8_t *)in)[1]);
        w->lost = true;
        return 0;
    case LWS_CALLBACK_CLIENT_CLOSED:
        w->lost = true;
        w->wsi = NULL;
        return 0;
    default:
        return 0;
    }
}

static const struct lws_protocols protocols[] = {{PROTOCOL, on_event, 0, EF_FRAME_BYTES, 0, NULL, 0}, {NULL, NULL, 0, 0, 0, NULL, 0}};

ef_websocket *ef_websocket_open(const char *ca_file, bool is_pinned)
{
    ef_websocket *w = calloc(1, sizeof *w);
    if (w == NULL)
        return NULL;
    w->ca_file = ca_file;
    w->is_pinned = is_pinned;
    ef_outbox_init(&w->outbox, w->outbox_bytes, sizeof w->outbox_bytes);
    lws_set_log_level(0, NULL);
    return w;
}

/* With the first wss address OpenSSL is initialized, not before. */
static bool prepare_context(ef_websocket *w)
{
    if (w->context != NULL)
        return true;
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.protocols = protocols;
    info.gid = -1;
    info.uid = -1;
    info.user = w;
    info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.client_ssl_ca_filepath = w->ca_file;
    if (w->ca_file != NULL)
        info.options |= LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS; /* those that were given, and no others */
    w->context = lws_create_context(&info);
    return w->context != NULL;
}

void ef_websocket_close(ef_websocket *w)
{
    if (w == NULL)
        return;
    ef_websocket_end(w);
    if (w->context != NULL)
        lws_context_destroy(w->context);
    free(w);
}

ef_status ef_websocket_begin(ef_websocket *w, const ef_request *request)
{
    ef_link_url url;
    struct lws_client_connect_info info;
    ef_websocket_end(w);
    int n = snprintf(w->subprotocols, sizeof w->subprotocols, PROTOCOL ", bearer.%s", request->bearer);
    if (n < 0 || (size_t)n >= sizeof w->subprotocols || !ef_link_url_read(request->url, "ws://", "wss://", 80, 443, &url))
        return EF_BAD_ARGUMENT;
    if (url.tls && w->is_pinned)
        return EF_NOT_FOUND;
    if (!prepare_context(w))
        return EF_NETWORK;
    w->active = true;
    w->up = w->lost = w->closing = false;
    w->status = w->retry_after_s = 0;
    w->fill = 0;
    w->ack_count = 0;
    memset(&info, 0, sizeof info);
    info.context = w->context;
    info.address = info.host = url.host;
    info.origin = NULL;
    info.port = url.port;
    info.path = url.path;
    info.protocol = w->subprotocols;
    info.local_protocol_name = PROTOCOL;
    info.ssl_connection = url.tls ? LCCSCF_USE_SSL : 0;
    info.pwsi = &w->wsi;
    if (lws_client_connect_via_info(&info) == NULL) {
        w->wsi = NULL;
        w->lost = true;
    }
    return EF_OK;
}

void ef_websocket_pump(ef_websocket *w)
{
    if (w == NULL || !w->active || w->wsi == NULL || ef_inbox_is_full(&w->inbox))
        return;
    int64_t now_ms = ef_monotonic_ms();
    if (w->up && !w->lost && (now_ms - w->heard_ms >= SILENCE_MS || ef_outbox_overdue(&w->outbox, now_ms))) {
        w->lost = true;
        lws_set_timeout(w->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_ASYNC);
    }
    if (w->up && now_ms >= w->ping_ms)
        lws_callback_on_writable(w->wsi);
    (void)lws_service(w->context, -1);
}

ef_status ef_websocket_read(ef_websocket *w, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    *len = 0;
    if (!w->active)
        return EF_NETWORK;
    ef_websocket_pump(w);
    bool is_new = response->status != w->status;
    response->status = w->status;
    response->retry_after_s = w->retry_after_s;
    response->unacknowledged = ef_outbox_count(&w->outbox);
    ef_status status = ef_inbox_take(&w->inbox, response->topic, out, cap, len);
    if (status != EF_AGAIN)
        return status;
    return w->lost ? EF_NETWORK : is_new ? EF_OK : EF_AGAIN;
}

ef_status ef_websocket_send(ef_websocket *w, const ef_message *message)
{
    if (!w->up || w->lost || w->wsi == NULL)
        return EF_NETWORK;
    ef_status status = ef_outbox_put(&w->outbox, message);
    if (status == EF_OK)
        lws_callback_on_writable(w->wsi);
    return status;
}

void ef_websocket_end(ef_websocket *w)
{
    if (w == NULL || !w->active)
        return;
    if (w->wsi != NULL && w->up && !w->lost) {
        for (int i = 0; i < GOODBYE_PUMPS; i++)
            ef_websocket_pump(w);
        w->closing = true;
        if (w->wsi != NULL)
            lws_callback_on_writable(w->wsi);
    } else if (w->wsi != NULL) {
        lws_set_timeout(w->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_ASYNC);
    }
    for (int i = 0; i < GOODBYE_PUMPS && w->wsi != NULL; i++)
        (void)lws_service(w->context, -1);
    if (w->wsi != NULL)
        lws_set_timeout(w->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_SYNC);
    w->wsi = NULL;
    w->active = w->up = false;
    w->inbox.count = 0;
}

int ef_websocket_socket(const ef_websocket *w, bool *wants_write)
{
    *wants_write = false;
    if (w == NULL || !w->active || w->wsi == NULL)
        return -1;
    *wants_write = !w->up;
    return lws_get_socket_fd(w->wsi);
}

#else

ef_websocket *ef_websocket_open(const char *ca_file, bool is_pinned)
{
    (void)ca_file, (void)is_pinned;
    return NULL;
}

void ef_websocket_close(ef_websocket *websocket) { (void)websocket; }

ef_status ef_websocket_begin(ef_websocket *websocket, const ef_request *request)
{
    (void)websocket, (void)request;
    return EF_NOT_FOUND;
}

ef_status ef_websocket_read(ef_websocket *websocket, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    (void)websocket, (void)response, (void)out, (void)cap;
    *len = 0;
    return EF_NETWORK;
}

ef_status ef_websocket_send(ef_websocket *websocket, const ef_message *message)
{
    (void)websocket, (void)message;
    return EF_NETWORK;
}

void ef_websocket_end(ef_websocket *websocket) { (void)websocket; }
void ef_websocket_pump(ef_websocket *websocket) { (void)websocket; }

int ef_websocket_socket(const ef_websocket *websocket, bool *wants_write)
{
    (void)websocket;
    *wants_write = false;
    return -1;
}

#endif
