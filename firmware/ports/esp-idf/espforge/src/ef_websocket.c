/* WebSocket by esp_websocket_client: docs/protocol.md section 6.3. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esp_websocket_client.h"
#include "sdkconfig.h"

#include "ef_mail.h"
#include "ef_trust.h"

#if CONFIG_WS_BUFFER_SIZE < 2048
#error "EspForge: the WebSocket handshake carries a token of up to 1,023 characters; set CONFIG_WS_BUFFER_SIZE to 2048 or more"
#endif

#define NETWORK_TIMEOUT_MS 10000
#define PING_S 30
#define SILENCE_S 75
#define STACK_BYTES 6144
#define BUFFER_BYTES 2048
#define ENVELOPE_CHARS 96
#define ACKNOWLEDGEMENT_CHARS 32
#define CLOSED_CREDENTIAL 1008
#define CLOSED_TOO_LARGE 1009

/* To the worker: the client may not be called from its own callback while it holds its lock. A full queue loses it, and the host sends again. */
static void acknowledge(ef_session *s, uint32_t id)
{
    ef_letter *letter = calloc(1, sizeof *letter + 1);
    if (letter == NULL)
        return;
    atomic_init(&letter->owners, 1);
    letter->answers = id;
    if (xQueueSend(s->out, &letter, 0) != pdTRUE)
        free(letter);
}

/* The text is that of `whole`, which lives until its body was copied out. */
static void read_frame(ef_session *s, ef_letter *whole)
{
    ef_frame frame;
    if (ef_frame_read(whole->body, whole->len, &frame) != EF_OK) {
        ef_session_status(s, -1);
    } else if (frame.kind == EF_FRAME_ACK) {
        ef_session_acknowledged(s, frame.id);
    } else {
        ef_session_arrived(s, frame.topic, strlen(frame.topic), frame.body.text, frame.body.len, 0, frame.body.len);
        if (frame.id > 0)
            acknowledge(s, frame.id);
    }
    free(whole);
}

/* Parts of a frame, into one letter. */
static void arrived(ef_session *s, const esp_websocket_event_data_t *event)
{
    size_t total = event->payload_len > 0 ? (size_t)event->payload_len : 0;
    size_t offset = event->payload_offset > 0 ? (size_t)event->payload_offset : 0;
    size_t len = event->data_len > 0 ? (size_t)event->data_len : 0;
    if (offset == 0) {
        free(s->coming);
        s->coming = total == 0 || total > EF_FRAME_BYTES || !event->fin ? NULL : calloc(1, sizeof *s->coming + total + 1);
        if (s->coming != NULL)
            atomic_init(&s->coming->owners, 1);
    }
    if (s->coming == NULL || offset != s->coming->len || len > total - offset)
        return;
    memcpy(s->coming->body + offset, event->data_ptr, len);
    s->coming->len += len;
    if (s->coming->len < total)
        return;
    ef_letter *whole = s->coming;
    s->coming = NULL;
    read_frame(s, whole);
}

static void closed(ef_session *s, int code)
{
    if (code == CLOSED_TOO_LARGE)
        ef_session_give_up_first(s); /* it would come to the same again */
    ef_session_status(s, code == CLOSED_CREDENTIAL ? 401 : -1);
}

static void on_event(void *ctx, esp_event_base_t base, int32_t id, void *data)
{
    ef_session *s = ctx;
    const esp_websocket_event_data_t *event = data;
    (void)base;
    switch (id) {
    case WEBSOCKET_EVENT_CONNECTED:
        ef_session_status(s, 200);
        break;
    case WEBSOCKET_EVENT_DATA:
        if (event->op_code == WS_TRANSPORT_OPCODES_TEXT)
            arrived(s, event);
        else if (event->op_code == WS_TRANSPORT_OPCODES_CLOSE && event->data_len >= 2)
            closed(s, (uint8_t)event->data_ptr[0] << 8 | (uint8_t)event->data_ptr[1]);
        break;
    case WEBSOCKET_EVENT_ERROR:
        ef_session_status(s, event->error_handle.esp_ws_handshake_status_code == 401 ? 401 : -1);
        break;
    case WEBSOCKET_EVENT_DISCONNECTED:
    case WEBSOCKET_EVENT_CLOSED:
    case WEBSOCKET_EVENT_FINISH:
        ef_session_status(s, -1);
        break;
    default:
        break;
    }
}

static bool start(ef_session *s)
{
    size_t size = sizeof "espforge.v1, bearer." + strlen(s->bearer);
    char *protocols = malloc(size);
    if (protocols == NULL)
        return false;
    (void)snprintf(protocols, size, "espforge.v1, bearer.%s", s->bearer);
    const esp_websocket_client_config_t config = {
        .uri = s->url,
        .subprotocol = protocols,
        .user_agent = "espforge-agent",
        .disable_auto_reconnect = true,
        .task_stack = STACK_BYTES,
        .buffer_size = BUFFER_BYTES,
        .ping_interval_sec = PING_S,
        .pingpong_timeout_sec = SILENCE_S,
        .network_timeout_ms = NETWORK_TIMEOUT_MS,
        .crt_bundle_attach = ef_trust_attach,
    };
    s->client = esp_websocket_client_init(&config); /* copies the texts */
    free(protocols);
    s->next_id = 1;
    return s->client != NULL && esp_websocket_register_events(s->client, WEBSOCKET_EVENT_ANY, on_event, s) == ESP_OK &&
           esp_websocket_client_start(s->client) == ESP_OK;
}

static bool put(ef_session *s, const char *text, size_t len)
{
    return esp_websocket_client_send_text(s->client, text, (int)len, pdMS_TO_TICKS(NETWORK_TIMEOUT_MS)) == (int)len;
}

static bool deliver(ef_session *s, ef_letter *letter)
{
    char text[ACKNOWLEDGEMENT_CHARS];
    size_t len = 0;
    if (letter->answers != 0)
        return ef_frame_write_ack(text, sizeof text, letter->answers, &len) == EF_OK && put(s, text, len);
    if (strcmp(letter->topic, "lwt") == 0) { /* the connection is the will */
        atomic_store(&letter->is_acknowledged, true);
        return true;
    }
    uint32_t id = letter->qos > 0 ? s->next_id : 0;
    size_t cap = letter->len + ENVELOPE_CHARS;
    char *frame = malloc(cap);
    if (frame == NULL)
        return false;
    bool ok = ef_frame_write(frame, cap, letter->topic, id, letter->body, letter->len, &len) == EF_OK && len <= EF_FRAME_BYTES;
    if (!ok) {
        atomic_store(&letter->is_acknowledged, true); /* never fits: it is dropped, not tried for ever */
        free(frame);
        return true;
    }
    if (id > 0) {
        s->next_id = id == INT32_MAX ? 1 : id + 1;
        ef_session_sent(s, id, letter);
    }
    ok = put(s, frame, len);
    free(frame);
    return ok;
}

static void stop(ef_session *s)
{
    if (s->client == NULL)
        return;
    if (esp_websocket_client_is_connected(s->client))
        (void)esp_websocket_client_close(s->client, pdMS_TO_TICKS(2000));
    (void)esp_websocket_client_destroy(s->client);
    s->client = NULL;
}

const ef_link_rules ef_websocket_link = {.link = EF_LINK_WEBSOCKET, .start = start, .deliver = deliver, .stop = stop};
