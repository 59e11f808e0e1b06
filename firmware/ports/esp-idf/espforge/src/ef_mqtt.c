/* MQTT by esp-mqtt: docs/protocol.md section 6.2. */
#include <stdio.h>
#include <string.h>

#include "mqtt_client.h"

#include "ef_mail.h"
#include "ef_trust.h"

#define TOPIC_CHARS 160
#define NETWORK_TIMEOUT_MS 10000
#define BUFFER_BYTES 2048 /* CONNECT must fit: a JWT of 1,023 characters, the will, the names */

static bool full_topic(const ef_session *s, const char *topic, char *out, size_t cap)
{
    int n = snprintf(out, cap, "%s/%s", s->topic_root, topic);
    return n > 0 && (size_t)n < cap;
}

static void connected(ef_session *s, esp_mqtt_client_handle_t client)
{
    static const char *const incoming[] = {"cmd", "update"};
    char topic[TOPIC_CHARS];
    for (size_t i = 0; i < sizeof incoming / sizeof incoming[0]; i++)
        if (!full_topic(s, incoming[i], topic, sizeof topic) || esp_mqtt_client_subscribe_single(client, topic, 1) < 0) {
            ef_session_status(s, -1);
            return;
        }
    ef_session_status(s, 200);
}

/* Messages come under the root only; what is not is another device's, and not ours to hear. */
static void arrived(ef_session *s, const esp_mqtt_event_t *event)
{
    size_t root = strlen(s->topic_root), len = event->topic_len > 0 ? (size_t)event->topic_len : 0;
    if (event->current_data_offset == 0 && (len <= root + 1 || memcmp(event->topic, s->topic_root, root) != 0 || event->topic[root] != '/')) {
        ef_session_arrived(s, "", 0, "", 0, 0, SIZE_MAX); /* the parts that follow it are dropped too */
        return;
    }
    bool first = event->current_data_offset == 0;
    ef_session_arrived(s, first ? event->topic + root + 1 : "", first ? len - root - 1 : 0, event->data, (size_t)event->data_len,
                       (size_t)event->current_data_offset, (size_t)event->total_data_len);
}

static void on_event(void *ctx, esp_event_base_t base, int32_t id, void *data)
{
    ef_session *s = ctx;
    const esp_mqtt_event_t *event = data;
    (void)base;
    switch ((esp_mqtt_event_id_t)id) {
    case MQTT_EVENT_CONNECTED:
        connected(s, event->client);
        break;
    case MQTT_EVENT_DISCONNECTED:
        ef_session_status(s, -1);
        break;
    case MQTT_EVENT_PUBLISHED:
        ef_session_acknowledged(s, (uint32_t)event->msg_id);
        break;
    case MQTT_EVENT_DATA:
        arrived(s, event);
        break;
    case MQTT_EVENT_ERROR:
        if (event->error_handle->error_type == MQTT_ERROR_TYPE_CONNECTION_REFUSED &&
            (event->error_handle->connect_return_code == MQTT_CONNECTION_REFUSE_BAD_USERNAME ||
             event->error_handle->connect_return_code == MQTT_CONNECTION_REFUSE_NOT_AUTHORIZED))
            ef_session_status(s, 401);
        break;
    default:
        break;
    }
}

static bool start(ef_session *s)
{
    static const char offline[] = "OFFLINE";
    char will[TOPIC_CHARS];
    if (!full_topic(s, "lwt", will, sizeof will))
        return false;
    const esp_mqtt_client_config_t config = {
        .broker.address.uri = s->url,
        .broker.verification.crt_bundle_attach = ef_trust_attach,
        .credentials.username = s->device_id,
        .credentials.client_id = s->device_id,
        .credentials.authentication.password = s->bearer,
        .session.last_will = {.topic = will, .msg = offline, .msg_len = sizeof offline - 1, .qos = 1, .retain = 1},
        .session.disable_clean_session = true,
        .session.keepalive = (int)s->keep_alive_s,
        .session.protocol_ver = MQTT_PROTOCOL_V_3_1_1,
        .network.timeout_ms = NETWORK_TIMEOUT_MS,
        .network.disable_auto_reconnect = true, /* the agent decides when, and by which way */
        .buffer.size = BUFFER_BYTES,
        .buffer.out_size = BUFFER_BYTES,
    };
    s->client = esp_mqtt_client_init(&config); /* copies the texts */
    return s->client != NULL && esp_mqtt_client_register_event(s->client, MQTT_EVENT_ANY, on_event, s) == ESP_OK &&
           esp_mqtt_client_start(s->client) == ESP_OK;
}

static bool deliver(ef_session *s, ef_letter *letter)
{
    char topic[TOPIC_CHARS];
    if (!full_topic(s, letter->topic, topic, sizeof topic))
        return false;
    int id = esp_mqtt_client_publish(s->client, topic, letter->body, (int)letter->len, letter->qos, letter->retain);
    if (id < 0)
        return false;
    if (letter->qos > 0)
        ef_session_sent(s, (uint32_t)id, letter);
    return true;
}

static void stop(ef_session *s)
{
    if (s->client == NULL)
        return;
    (void)esp_mqtt_client_disconnect(s->client); /* a DISCONNECT: an end that was meant sends no will */
    (void)esp_mqtt_client_stop(s->client);
    (void)esp_mqtt_client_destroy(s->client);
    s->client = NULL;
}

const ef_link_rules ef_mqtt_link = {.link = EF_LINK_MQTT, .start = start, .deliver = deliver, .stop = stop};
