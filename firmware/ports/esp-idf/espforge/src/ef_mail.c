#include "ef_mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esp_log.h"
#include "esp_timer.h"
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

static void put_down(ef_letter *letter)
{
    if (letter != NULL && atomic_fetch_sub(&letter->owners, 1) == 1)
        free(letter);
}

static void empty(QueueHandle_t queue)
{
    ef_letter *letter;
    while (queue != NULL && xQueueReceive(queue, &letter, 0) == pdTRUE)
        put_down(letter);
}

static void let_go(ef_session *s)
{
    if (atomic_fetch_sub(&s->owners, 1) != 1)
        return;
    empty(s->in);
    empty(s->out);
    for (size_t i = 0; i < EF_MAIL_OUT; i++)
        put_down(s->sent[i].letter);
    if (s->in != NULL)
        vQueueDelete(s->in);
    if (s->out != NULL)
        vQueueDelete(s->out);
    put_down(s->coming);
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
    s->lock = (portMUX_TYPE)portMUX_INITIALIZER_UNLOCKED;
    s->out = xQueueCreate(2 * EF_MAIL_OUT, sizeof(ef_letter *)); /* what is kept, and as much again without QoS and of acknowledgements */
    s->in = xQueueCreate(EF_MAIL_IN, sizeof(ef_letter *));
    atomic_init(&s->owners, 1);
    if (s->out == NULL || s->in == NULL) {
        let_go(s);
        return NULL;
    }
    return s;
}

static bool is_overdue(ef_session *s)
{
    int64_t now_ms = esp_timer_get_time() / 1000;
    bool overdue = false;
    portENTER_CRITICAL(&s->lock);
    for (size_t i = 0; i < EF_MAIL_OUT; i++)
        overdue = overdue || (s->sent[i].letter != NULL && now_ms - s->sent[i].sent_ms > EF_FRAME_ACK_MS);
    portEXIT_CRITICAL(&s->lock);
    return overdue;
}

static bool deliver_next(ef_session *s, uint32_t wait_ms)
{
    ef_letter *letter;
    if (xQueueReceive(s->out, &letter, pdMS_TO_TICKS(wait_ms)) != pdTRUE)
        return false;
    if (!s->link->deliver(s, letter))
        ef_session_status(s, -1);
    put_down(letter);
    return true;
}

static void converse(ef_session *s)
{
    if (!s->link->start(s))
        ef_session_status(s, -1);
    while (!atomic_load(&s->closed) && atomic_load(&s->status) >= 0 && atomic_load(&s->status) != 401) {
        if (atomic_load(&s->status) != 200)
            vTaskDelay(pdMS_TO_TICKS(LOOK_MS) / 4); /* what is kept waits in the queue until there is a connection */
        else if (!deliver_next(s, LOOK_MS) && is_overdue(s))
            ef_session_status(s, -1);
    }
    /* What was taken over before the close, such as the last words, still goes. */
    while (atomic_load(&s->status) == 200 && deliver_next(s, 0))
        continue;
    s->link->stop(s);
}

static void work(void *argument)
{
    ef_mail *mail = argument;
    for (;;) {
        ef_session *s = NULL;
        if (xQueueReceive(mail->sessions, &s, portMAX_DELAY) != pdTRUE)
            continue;
        if (!atomic_load(&s->closed))
            converse(s);
        let_go(s);
    }
}

ef_status ef_mail_init(ef_mail *mail, uint32_t stack_bytes)
{
    *mail = (ef_mail){0};
    mail->sessions = xQueueCreate(SESSIONS, sizeof(ef_session *));
    if (mail->sessions == NULL || xTaskCreate(work, "ef_mail", stack_bytes, mail, PRIORITY, &mail->worker) != pdPASS) {
        ESP_LOGE(tag, "no memory for messages");
        return EF_NETWORK;
    }
    return EF_OK;
}

static ef_letter **kept_of(ef_mail *mail, ef_link link)
{
    return mail->kept[link == EF_LINK_WEBSOCKET];
}

/* Lets go of what was acknowledged, closes the gaps, and says how many are left. */
static uint32_t count_kept(ef_letter **kept)
{
    uint32_t count = 0;
    for (size_t i = 0; i < EF_MAIL_OUT; i++) {
        ef_letter *letter = kept[i];
        kept[i] = NULL;
        if (letter != NULL && atomic_load(&letter->is_acknowledged))
            put_down(letter);
        else if (letter != NULL)
            kept[count++] = letter;
    }
    return count;
}

static bool put_in(QueueHandle_t queue, ef_letter *letter)
{
    atomic_fetch_add(&letter->owners, 1);
    if (xQueueSend(queue, &letter, 0) == pdTRUE)
        return true;
    atomic_fetch_sub(&letter->owners, 1);
    return false;
}

ef_status ef_mail_open(ef_mail *mail, const ef_request *request)
{
    const ef_link_rules *link = link_of(request->link);
    ef_mail_close(mail);
    if (link == NULL)
        return EF_NOT_FOUND;
    ef_session *s = request->url == NULL ? NULL : create(request, link);
    if (s == NULL)
        return EF_NETWORK;
    ef_letter **kept = kept_of(mail, request->link);
    for (uint32_t i = 0, count = count_kept(kept); i < count; i++)
        (void)put_in(s->out, kept[i]);
    atomic_store(&s->owners, 2);
    if (xQueueSend(mail->sessions, &s, 0) != pdTRUE) { /* the one before is still ending */
        atomic_store(&s->owners, 1);
        let_go(s);
        return EF_NETWORK;
    }
    mail->current = s;
    return EF_OK;
}

ef_status ef_mail_read(ef_mail *mail, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    ef_session *s = mail->current;
    *len = 0;
    if (s == NULL)
        return EF_NETWORK;
    int status = atomic_load(&s->status);
    bool is_new = status > 0 && response->status != status;
    if (status > 0)
        response->status = status;
    response->unacknowledged = count_kept(kept_of(mail, s->link->link));
    ef_letter *letter;
    if (xQueueReceive(s->in, &letter, 0) == pdTRUE) {
        ef_status result = letter->len <= cap ? EF_OK : EF_TOO_LARGE;
        if (result == EF_OK) {
            *len = letter->len;
            memcpy(out, letter->body, letter->len);
            (void)snprintf(response->topic, sizeof response->topic, "%s", letter->topic);
        }
        put_down(letter);
        return result;
    }
    if (is_new)
        return EF_OK;
    return status < 0 || status == 401 ? EF_NETWORK : EF_AGAIN;
}

ef_status ef_mail_send(ef_mail *mail, const ef_message *message)
{
    ef_session *s = mail->current;
    if (s == NULL || atomic_load(&s->status) != 200)
        return EF_NETWORK;
    if (message->body_len > EF_FRAME_BYTES || strlen(message->topic) >= sizeof ((ef_letter *)0)->topic)
        return EF_TOO_LARGE;
    ef_letter **kept = kept_of(mail, s->link->link);
    uint32_t count = message->qos > 0 ? count_kept(kept) : 0;
    ef_letter *letter = count == EF_MAIL_OUT ? NULL : calloc(1, sizeof *letter + message->body_len + 1);
    if (letter == NULL)
        return EF_AGAIN;
    (void)snprintf(letter->topic, sizeof letter->topic, "%s", message->topic);
    letter->qos = message->qos;
    letter->retain = message->retain;
    letter->len = message->body_len;
    memcpy(letter->body, message->body, message->body_len);
    atomic_init(&letter->owners, 1);
    bool taken = put_in(s->out, letter);
    if (taken && message->qos > 0)
        kept[count] = letter; /* with the owner it was made with */
    else
        put_down(letter);
    return taken ? EF_OK : EF_AGAIN;
}

void ef_mail_close(ef_mail *mail)
{
    if (mail->current == NULL)
        return;
    atomic_store(&mail->current->closed, true);
    let_go(mail->current);
    mail->current = NULL;
}

void ef_session_status(ef_session *s, int status)
{
    int present = atomic_load(&s->status);
    if (present >= 0 && present != 401)
        atomic_store(&s->status, status);
}

/* The place of an id, or a free one, or none. Under the lock. */
static int place_of(const ef_session *s, uint32_t id)
{
    int free_place = -1;
    for (int i = 0; i < (int)EF_MAIL_OUT; i++) {
        if (s->sent[i].id == id)
            return i;
        if (s->sent[i].id == 0 && free_place < 0)
            free_place = i;
    }
    return free_place;
}

void ef_session_sent(ef_session *s, uint32_t id, ef_letter *letter)
{
    portENTER_CRITICAL(&s->lock);
    int i = place_of(s, id);
    bool was_faster = i >= 0 && s->sent[i].id == id;
    if (was_faster) {
        s->sent[i].id = 0;
    } else if (i >= 0) {
        atomic_fetch_add(&letter->owners, 1);
        s->sent[i].id = id;
        s->sent[i].letter = letter;
        s->sent[i].sent_ms = esp_timer_get_time() / 1000;
    }
    portEXIT_CRITICAL(&s->lock);
    if (was_faster)
        atomic_store(&letter->is_acknowledged, true);
}

void ef_session_acknowledged(ef_session *s, uint32_t id)
{
    ef_letter *letter = NULL;
    if (id == 0)
        return;
    portENTER_CRITICAL(&s->lock);
    int i = place_of(s, id);
    if (i >= 0 && s->sent[i].id == id) {
        letter = s->sent[i].letter;
        s->sent[i].letter = NULL;
        s->sent[i].id = 0;
    } else if (i >= 0 && s->link->link == EF_LINK_MQTT) {
        s->sent[i].id = id; /* esp-mqtt tells an id only after it has sent: this one comes */
    }
    portEXIT_CRITICAL(&s->lock);
    if (letter != NULL)
        atomic_store(&letter->is_acknowledged, true);
    put_down(letter);
}

void ef_session_give_up_first(ef_session *s)
{
    uint32_t first = 0;
    portENTER_CRITICAL(&s->lock);
    for (size_t i = 0; i < EF_MAIL_OUT; i++)
        if (s->sent[i].letter != NULL && (first == 0 || s->sent[i].id < first))
            first = s->sent[i].id;
    portEXIT_CRITICAL(&s->lock);
    ef_session_acknowledged(s, first);
}

void ef_session_arrived(ef_session *s, const char *topic, size_t topic_len, const char *data, size_t len, size_t offset, size_t total)
{
    if (offset == 0) {
        bool fits = total <= EF_FRAME_BYTES && topic_len < sizeof s->coming->topic;
        put_down(s->coming);
        s->coming = fits ? calloc(1, sizeof *s->coming + total + 1) : NULL; /* NULL: the whole message is dropped */
        if (s->coming == NULL)
            return;
        atomic_init(&s->coming->owners, 1);
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
    put_down(letter);
}
