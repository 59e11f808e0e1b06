/* WebSocket by esp_websocket_client: docs/protocol.md section 6.3. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esp_websocket_client.h"
#include "sdkconfig.h"

#include "ef_messages.h"
#include "ef_trust.h"
#include "espforge/ef_codec.h"

#if CONFIG_WS_BUFFER_SIZE < 2048
#error "EspForge: the WebSocket handshake carries a token of up to 1,023 characters; set CONFIG_WS_BUFFER_SIZE to 2048 or more"
#endif

#define NETWORK_TIMEOUT_MS 10000
#define PING_S 30
#define SILENCE_S 75
#define STACK_BYTES 6144
#define BUFFER_BYTES 2048
#define ENVELOPE_CHARS 80
#define CLOSED_CREDENTIAL 1008

static void acknowledged(ef_session *s, int64_t id)
{
    if (id < 1 || id > INT32_MAX)
        return;
    for (size_t i = 0; i < EF_MESSAGES_OUT; i++) {
        unsigned expected = (unsigned)id;
        if (atomic_compare_exchange_strong(&s->waiting[i], &expected, 0)) {
            atomic_fetch_sub(&s->unacknowledged, 1);
            return;
        }
    }
}

/* To the worker: the client may not be called from its own callback while it holds its lock. A full queue loses it, and the host sends again. */
static void acknowledge(ef_session *s, uint32_t id)
{
    ef_letter *letter = calloc(1, sizeof *letter + 1);
    if (letter == NULL)
        return;
    letter->acknowledge = id;
    if (xQueueSend(s->out, &letter, 0) != pdTRUE)
        free(letter);
}

/* {"ack":7} or {"topic":"cmd","id":7,"body":{…}} */
static void frame(ef_session *s, const char *text, size_t len)
{
    ef_json json, value, body;
    int64_t id = 0;
    char topic[16];
    if (ef_json_open(&json, text, len) != EF_OK) {
        ef_session_status(s, -1);
        return;
    }
    if (ef_json_member(&json, "ack", &value) == EF_OK && ef_json_int(&value, &id) == EF_OK) {
        acknowledged(s, id);
        return;
    }
    if (ef_json_member(&json, "topic", &value) != EF_OK || ef_json_string(&value, topic, sizeof topic) != EF_OK ||
        ef_json_member(&json, "body", &body) != EF_OK)
        return;
    if (ef_json_member(&json, "id", &value) == EF_OK && (ef_json_int(&value, &id) != EF_OK || id < 1 || id > INT32_MAX))
        return;
    /* The text is in the letter that is being put together: its body is copied out before that letter goes. */
    ef_letter *whole = s->coming;
    s->coming = NULL;
    ef_session_arrived(s, topic, strlen(topic), body.text, body.len, 0, body.len);
    free(whole);
    if (id > 0)
        acknowledge(s, (uint32_t)id);
}

/* Parts of a frame, into one letter. */
static void arrived(ef_session *s, const esp_websocket_event_data_t *event)
{
    size_t total = event->payload_len > 0 ? (size_t)event->payload_len : 0;
    size_t offset = event->payload_offset > 0 ? (size_t)event->payload_offset : 0;
    size_t len = event->data_len > 0 ? (size_t)event->data_len : 0;
    if (offset == 0) {
        free(s->coming);
        s->coming = total == 0 || total > EF_MESSAGE_BYTES || !event->fin ? NULL : calloc(1, sizeof *s->coming + total + 1);
    }
    if (s->coming == NULL || offset != s->coming->len || len > total - offset)
        return;
    memcpy(s->coming->body + offset, event->data_ptr, len);
    s->coming->len += len;
    if (s->coming->len < total)
        return;
    frame(s, s->coming->body, s->coming->len);
    free(s->coming);
    s->coming = NULL;
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
        else if (event->op_code == WS_TRANSPORT_OPCODES_CLOSE && event->data_len >= 2 &&
                 ((uint8_t)event->data_ptr[0] << 8 | (uint8_t)event->data_ptr[1]) == CLOSED_CREDENTIAL)
            ef_session_status(s, 401);
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

static bool deliver(ef_session *s, const ef_letter *letter)
{
    char envelope[ENVELOPE_CHARS];
    if (letter->acknowledge != 0) {
        int n = snprintf(envelope, sizeof envelope, "{\"ack\":%lu}", (unsigned long)letter->acknowledge);
        return n > 0 && put(s, envelope, (size_t)n);
    }
    if (strcmp(letter->topic, "lwt") == 0) { /* the connection is the will */
        if (letter->qos > 0)
            atomic_fetch_sub(&s->unacknowledged, 1);
        return true;
    }
    char *text = malloc(ENVELOPE_CHARS + letter->len);
    if (text == NULL)
        return false;
    int n = letter->qos > 0 ? snprintf(text, ENVELOPE_CHARS, "{\"topic\":\"%s\",\"id\":%lu,\"body\":", letter->topic, (unsigned long)s->next_id)
                            : snprintf(text, ENVELOPE_CHARS, "{\"topic\":\"%s\",\"body\":", letter->topic);
    size_t len = n > 0 ? (size_t)n : 0;
    memcpy(text + len, letter->body, letter->len);
    len += letter->len;
    text[len++] = '}';
    if (letter->qos > 0) {
        for (size_t i = 0; i < EF_MESSAGES_OUT; i++) {
            unsigned expected = 0;
            if (atomic_compare_exchange_strong(&s->waiting[i], &expected, s->next_id))
                break;
        }
        s->next_id = s->next_id == INT32_MAX ? 1 : s->next_id + 1;
    }
    bool ok = len <= EF_MESSAGE_BYTES && put(s, text, len);
    free(text);
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

const ef_link_rules ef_websocket_link = {.link = EF_LINK_WEBSOCKET, .start = start, .send = deliver, .stop = stop};
