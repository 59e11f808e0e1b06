#include "ef_messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esp_log.h"
#include "sdkconfig.h"

#define LOOK_MS 200 /* how soon the worker notices that a session was closed */
#define PRIORITY 4
#define SESSIONS 2

static const char tag[] = "espforge";

static const ef_link_rules *link_of(ef_link link)
{
#if CONFIG_ESPFORGE_MQTT
    if (link == EF_LINK_MQTT)
        return &ef_mqtt_link;
#endif
#if CONFIG_ESPFORGE_WEBSOCKET
    if (link == EF_LINK_WEBSOCKET)
        return &ef_websocket_link;
#endif
    (void)link;
    return NULL;
}

static void empty(QueueHandle_t queue)
{
    ef_letter *letter;
    while (queue != NULL && xQueueReceive(queue, &letter, 0) == pdTRUE)
        free(letter);
}

static void let_go(ef_session *s)
{
    if (atomic_fetch_sub(&s->owners, 1) != 1)
        return;
    empty(s->in);
    empty(s->out);
    if (s->in != NULL)
        vQueueDelete(s->in);
    if (s->out != NULL)
        vQueueDelete(s->out);
    free(s->coming);
    free(s);
}

static const char *keep(char **at, const char *text)
{
    size_t size = text == NULL ? 1 : strlen(text) + 1;
    char *kept = *at;
    memcpy(kept, text == NULL ? "" : text, size);
    *at += size;
    return kept;
}

static ef_session *create(const ef_request *r, const ef_link_rules *link)
{
    const char *const texts[] = {r->url, r->bearer, r->device_id, r->topic_root};
    size_t size = sizeof(ef_session);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        size += texts[i] == NULL ? 1 : strlen(texts[i]) + 1;
    ef_session *s = calloc(1, size);
    if (s == NULL)
        return NULL;
    char *at = (char *)(s + 1);
    s->link = link;
    s->url = keep(&at, r->url);
    s->bearer = keep(&at, r->bearer);
    s->device_id = keep(&at, r->device_id);
    s->topic_root = keep(&at, r->topic_root);
    s->keep_alive_s = r->keep_alive_s;
    s->out = xQueueCreate(EF_MESSAGES_OUT, sizeof(ef_letter *));
    s->in = xQueueCreate(EF_MESSAGES_IN, sizeof(ef_letter *));
    atomic_init(&s->owners, 1);
    if (s->out == NULL || s->in == NULL) {
        let_go(s);
        return NULL;
    }
    return s;
}

static void converse(ef_session *s)
{
    if (!s->link->start(s)) {
        ef_session_status(s, -1);
        s->link->stop(s);
        return;
    }
    while (!atomic_load(&s->closed) && atomic_load(&s->status) >= 0 && atomic_load(&s->status) != 401) {
        ef_letter *letter;
        if (xQueueReceive(s->out, &letter, pdMS_TO_TICKS(LOOK_MS)) != pdTRUE)
            continue;
        if (!s->link->send(s, letter))
            ef_session_status(s, -1);
        free(letter);
    }
    /* What was taken over before the close, such as the last words, still goes. */
    ef_letter *letter;
    while (atomic_load(&s->status) == 200 && xQueueReceive(s->out, &letter, 0) == pdTRUE) {
        if (!s->link->send(s, letter))
            ef_session_status(s, -1);
        free(letter);
    }
    s->link->stop(s);
}

static void work(void *argument)
{
    ef_messages *messages = argument;
    for (;;) {
        ef_session *s = NULL;
        if (xQueueReceive(messages->sessions, &s, portMAX_DELAY) != pdTRUE)
            continue;
        if (!atomic_load(&s->closed))
            converse(s);
        let_go(s);
    }
}

ef_status ef_messages_init(ef_messages *messages, uint32_t stack_bytes)
{
    *messages = (ef_messages){0};
    messages->sessions = xQueueCreate(SESSIONS, sizeof(ef_session *));
    if (messages->sessions == NULL || xTaskCreate(work, "ef_messages", stack_bytes, messages, PRIORITY, &messages->worker) != pdPASS) {
        ESP_LOGE(tag, "no memory for messages");
        return EF_NETWORK;
    }
    return EF_OK;
}

ef_status ef_messages_open(ef_messages *messages, const ef_request *request)
{
    const ef_link_rules *link = link_of(request->link);
    ef_messages_close(messages);
    if (link == NULL)
        return EF_NOT_FOUND;
    ef_session *s = request->url == NULL ? NULL : create(request, link);
    if (s == NULL)
        return EF_NETWORK;
    atomic_store(&s->owners, 2);
    if (xQueueSend(messages->sessions, &s, 0) != pdTRUE) { /* the one before is still ending */
        atomic_store(&s->owners, 1);
        let_go(s);
        return EF_NETWORK;
    }
    messages->current = s;
    return EF_OK;
}

ef_status ef_messages_read(ef_messages *messages, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    ef_session *s = messages->current;
    *len = 0;
    if (s == NULL)
        return EF_NETWORK;
    int status = atomic_load(&s->status);
    bool is_new = status > 0 && response->status != status;
    if (status > 0)
        response->status = status;
    response->unacknowledged = atomic_load(&s->unacknowledged);
    ef_letter *letter;
    if (xQueueReceive(s->in, &letter, 0) == pdTRUE) {
        ef_status result = letter->len <= cap ? EF_OK : EF_TOO_LARGE;
        if (result == EF_OK) {
            *len = letter->len;
            memcpy(out, letter->body, letter->len);
            (void)snprintf(response->topic, sizeof response->topic, "%s", letter->topic);
        }
        free(letter);
        return result;
    }
    if (is_new)
        return EF_OK;
    return status < 0 || status == 401 ? EF_NETWORK : EF_AGAIN;
}

ef_status ef_messages_send(ef_messages *messages, const ef_message *message)
{
    ef_session *s = messages->current;
    if (s == NULL || atomic_load(&s->status) != 200)
        return EF_NETWORK;
    if (message->body_len > EF_MESSAGE_BYTES || strlen(message->topic) >= sizeof ((ef_letter *)0)->topic)
        return EF_TOO_LARGE;
    if (uxQueueSpacesAvailable(s->out) == 0 || (message->qos > 0 && atomic_load(&s->unacknowledged) >= EF_MESSAGES_OUT))
        return EF_AGAIN;
    ef_letter *letter = calloc(1, sizeof *letter + message->body_len + 1);
    if (letter == NULL)
        return EF_AGAIN;
    (void)snprintf(letter->topic, sizeof letter->topic, "%s", message->topic);
    letter->qos = message->qos;
    letter->retain = message->retain;
    letter->len = message->body_len;
    memcpy(letter->body, message->body, message->body_len);
    if (message->qos > 0)
        atomic_fetch_add(&s->unacknowledged, 1);
    if (xQueueSend(s->out, &letter, 0) == pdTRUE)
        return EF_OK;
    if (message->qos > 0)
        atomic_fetch_sub(&s->unacknowledged, 1);
    free(letter);
    return EF_AGAIN;
}

void ef_messages_close(ef_messages *messages)
{
    if (messages->current == NULL)
        return;
    atomic_store(&messages->current->closed, true);
    let_go(messages->current);
    messages->current = NULL;
}

void ef_session_status(ef_session *s, int status)
{
    int present = atomic_load(&s->status);
    if (present >= 0 && present != 401)
        atomic_store(&s->status, status);
}

void ef_session_arrived(ef_session *s, const char *topic, size_t topic_len, const char *data, size_t len, size_t offset, size_t total)
{
    if (offset == 0) {
        bool fits = total <= EF_MESSAGE_BYTES && topic_len < sizeof s->coming->topic;
        free(s->coming);
        s->coming = fits ? calloc(1, sizeof *s->coming + total + 1) : NULL; /* NULL: the whole message is dropped */
        if (s->coming == NULL)
            return;
        memcpy(s->coming->topic, topic, topic_len);
    }
    ef_letter *letter = s->coming;
    if (letter == NULL || offset != letter->len || len > total - offset)
        return;
    memcpy(letter->body + offset, data, len);
    letter->len += len;
    if (letter->len < total)
        return;
    s->coming = NULL;
    while (!atomic_load(&s->closed))
        if (xQueueSend(s->in, &letter, pdMS_TO_TICKS(LOOK_MS)) == pdTRUE)
            return;
    free(letter);
}
