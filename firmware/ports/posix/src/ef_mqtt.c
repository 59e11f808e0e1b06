#include "ef_mqtt.h"

#include <stdio.h>
#include <stdlib.h>

#if defined(EF_HAVE_MOSQUITTO)

#include <mosquitto.h>

#include "ef_inbox.h"
#include "ef_link_url.h"

#define UNACKNOWLEDGED_MAX 32u
#define GOODBYE_LOOPS 20

struct ef_mqtt {
    struct mosquitto *client; /* lives across connections: it holds what is not acknowledged */
    const char *ca_file;
    bool is_pinned;
    bool active, up, lost;
    int32_t status;
    uint32_t unacknowledged;
    char device_id[65], topic_root[128];
    bool client_is_tls;
    ef_inbox inbox;
};

static bool full_topic(const ef_mqtt *m, const char *topic, char out[192])
{
    int n = snprintf(out, 192, "%s/%s", m->topic_root, topic);
    return n > 0 && n < 192;
}

static void on_connect(struct mosquitto *client, void *context, int code)
{
    static const char *const wanted[] = {"cmd", "update"};
    ef_mqtt *m = context;
    char topic[192];
    if (code != 0) {
        m->status = code == 4 || code == 5 ? 401 : 503;
        m->lost = true;
        return;
    }
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (!full_topic(m, wanted[i], topic) || mosquitto_subscribe(client, NULL, topic, 1) != MOSQ_ERR_SUCCESS)
            m->lost = true;
    m->up = true;
    m->status = 200;
}

static void on_disconnect(struct mosquitto *client, void *context, int code)
{
    ef_mqtt *m = context;
    (void)client, (void)code;
    m->up = false;
    m->lost = true;
}

static void on_message(struct mosquitto *client, void *context, const struct mosquitto_message *message)
{
    ef_mqtt *m = context;
    size_t root_len = strlen(m->topic_root);
    (void)client;
    if (strncmp(message->topic, m->topic_root, root_len) == 0 && message->topic[root_len] == '/')
        ef_inbox_put(&m->inbox, message->topic + root_len + 1, message->payload, (size_t)message->payloadlen);
}

static void on_publish(struct mosquitto *client, void *context, int id)
{
    ef_mqtt *m = context;
    (void)client, (void)id;
    if (m->unacknowledged > 0)
        m->unacknowledged--;
}

ef_mqtt *ef_mqtt_open(const char *ca_file, bool is_pinned)
{
    ef_mqtt *m = calloc(1, sizeof *m);
    if (m == NULL)
        return NULL;
    m->ca_file = ca_file;
    m->is_pinned = is_pinned;
    if (mosquitto_lib_init() == MOSQ_ERR_SUCCESS)
        return m;
    free(m);
    return NULL;
}

static void drop_client(ef_mqtt *m)
{
    if (m->client != NULL)
        mosquitto_destroy(m->client);
    m->client = NULL;
    m->unacknowledged = 0;
}

void ef_mqtt_close(ef_mqtt *m)
{
    if (m == NULL)
        return;
    ef_mqtt_end(m);
    drop_client(m);
    (void)mosquitto_lib_cleanup();
    free(m);
}

/* One client for one device and root; another of either begins anew. */
static bool prepare_client(ef_mqtt *m, const ef_request *request, const ef_link_url *url)
{
    char will[192];
    if (m->client != NULL && (strcmp(m->device_id, request->device_id) != 0 || strcmp(m->topic_root, request->topic_root) != 0 ||
                              m->client_is_tls != url->tls))
        drop_client(m);
    if (m->client != NULL)
        return true;
    (void)snprintf(m->device_id, sizeof m->device_id, "%s", request->device_id);
    (void)snprintf(m->topic_root, sizeof m->topic_root, "%s", request->topic_root);
    m->client_is_tls = url->tls;
    m->client = mosquitto_new(m->device_id, false, m);
    if (m->client == NULL || !full_topic(m, "lwt", will))
        return false;
    mosquitto_connect_callback_set(m->client, on_connect);
    mosquitto_disconnect_callback_set(m->client, on_disconnect);
    mosquitto_message_callback_set(m->client, on_message);
    mosquitto_publish_callback_set(m->client, on_publish);
    bool ok = mosquitto_int_option(m->client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V311) == MOSQ_ERR_SUCCESS &&
              mosquitto_will_set(m->client, will, 7, "OFFLINE", 1, true) == MOSQ_ERR_SUCCESS;
    if (ok && url->tls && m->ca_file != NULL)
        ok = mosquitto_tls_set(m->client, m->ca_file, NULL, NULL, NULL, NULL) == MOSQ_ERR_SUCCESS;
    else if (ok && url->tls)
        ok = mosquitto_int_option(m->client, MOSQ_OPT_TLS_USE_OS_CERTS, 1) == MOSQ_ERR_SUCCESS;
    return ok;
}

ef_status ef_mqtt_begin(ef_mqtt *m, const ef_request *request)
{
    ef_link_url url;
    ef_mqtt_end(m);
    if (!ef_link_url_read(request->url, "mqtt://", "mqtts://", 1883, 8883, &url))
        return EF_BAD_ARGUMENT;
    if (url.tls && m->is_pinned)
        return EF_NOT_FOUND;
    if (!prepare_client(m, request, &url)) {
        drop_client(m);
        return EF_NETWORK;
    }
    m->up = m->lost = false;
    m->status = 0;
    if (mosquitto_username_pw_set(m->client, m->device_id, request->bearer) != MOSQ_ERR_SUCCESS ||
        mosquitto_connect_async(m->client, url.host, url.port, (int)request->keep_alive_s) != MOSQ_ERR_SUCCESS)
        return EF_NETWORK;
    m->active = true;
    return EF_OK;
}

void ef_mqtt_pump(ef_mqtt *m)
{
    if (m == NULL || !m->active || m->lost || ef_inbox_is_full(&m->inbox))
        return;
    int code = mosquitto_loop(m->client, 0, 1);
    if (code != MOSQ_ERR_SUCCESS && code != MOSQ_ERR_CONN_PENDING)
        m->lost = true;
}

ef_status ef_mqtt_read(ef_mqtt *m, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    *len = 0;
    if (!m->active)
        return EF_NETWORK;
    ef_mqtt_pump(m);
    bool is_new = response->status != m->status;
    response->status = m->status;
    response->unacknowledged = m->unacknowledged;
    ef_status status = ef_inbox_take(&m->inbox, response->topic, out, cap, len);
    if (status != EF_AGAIN)
        return status;
    return m->lost ? EF_NETWORK : is_new ? EF_OK : EF_AGAIN;
}

ef_status ef_mqtt_send(ef_mqtt *m, const ef_message *message)
{
    char topic[192];
    if (!m->up || m->lost)
        return EF_NETWORK;
    if (m->unacknowledged >= UNACKNOWLEDGED_MAX)
        return EF_AGAIN;
    if (!full_topic(m, message->topic, topic))
        return EF_BAD_ARGUMENT;
    m->unacknowledged += message->qos > 0; /* the broker may answer within the call */
    if (mosquitto_publish(m->client, NULL, topic, (int)message->body_len, message->body, message->qos, message->retain) == MOSQ_ERR_SUCCESS)
        return EF_OK;
    m->unacknowledged -= message->qos > 0;
    return EF_NETWORK;
}

void ef_mqtt_end(ef_mqtt *m)
{
    if (m == NULL || !m->active)
        return;
    if (m->up && !m->lost) { /* what was said last goes out, then a goodbye, so that the will is not sent */
        for (int i = 0; i < GOODBYE_LOOPS && mosquitto_want_write(m->client); i++)
            (void)mosquitto_loop_write(m->client, 1);
        (void)mosquitto_disconnect(m->client);
        for (int i = 0; i < GOODBYE_LOOPS && mosquitto_want_write(m->client); i++)
            (void)mosquitto_loop_write(m->client, 1);
    }
    if (mosquitto_socket(m->client) >= 0) {
        (void)mosquitto_disconnect(m->client);
        (void)mosquitto_loop(m->client, 0, 1);
    }
    m->active = m->up = false;
    m->inbox.count = 0;
}

int ef_mqtt_socket(const ef_mqtt *m, bool *wants_write)
{
    *wants_write = false;
    if (m == NULL || !m->active || m->lost)
        return -1;
    *wants_write = mosquitto_want_write(m->client) || !m->up;
    return mosquitto_socket(m->client);
}

#else

ef_mqtt *ef_mqtt_open(const char *ca_file, bool is_pinned)
{
    (void)ca_file, (void)is_pinned;
    return NULL;
}

void ef_mqtt_close(ef_mqtt *mqtt) { (void)mqtt; }

ef_status ef_mqtt_begin(ef_mqtt *mqtt, const ef_request *request)
{
    (void)mqtt, (void)request;
    return EF_NOT_FOUND;
}

ef_status ef_mqtt_read(ef_mqtt *mqtt, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    (void)mqtt, (void)response, (void)out, (void)cap;
    *len = 0;
    return EF_NETWORK;
}

ef_status ef_mqtt_send(ef_mqtt *mqtt, const ef_message *message)
{
    (void)mqtt, (void)message;
    return EF_NETWORK;
}

void ef_mqtt_end(ef_mqtt *mqtt) { (void)mqtt; }
void ef_mqtt_pump(ef_mqtt *mqtt) { (void)mqtt; }

int ef_mqtt_socket(const ef_mqtt *mqtt, bool *wants_write)
{
    (void)mqtt;
    *wants_write = false;
    return -1;
}

#endif
