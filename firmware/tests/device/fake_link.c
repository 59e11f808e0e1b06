#include "fake_link.h"

#include <stdio.h>
#include <string.h>

#include "suites.h"

void fake_link_init(fake_link *link)
{
    memset(link, 0, sizeof *link);
    link->has_mqtt = link->has_websocket = true;
}

ef_status fake_link_open(fake_link *link, const ef_request *request)
{
    assert_false(link->is_open);
    assert_non_null(request->url);
    assert_non_null(request->bearer);
    assert_string_equal(request->topic_root, "espforge/dev-1");
    assert_string_equal(request->device_id, "dev-1");
    if (!(request->link == EF_LINK_MQTT ? link->has_mqtt : link->has_websocket))
        return EF_NOT_FOUND;
    link->kind = request->link;
    (void)snprintf(link->url, sizeof link->url, "%s", request->url);
    (void)snprintf(link->bearer, sizeof link->bearer, "%s", request->bearer);
    link->opens++;
    link->is_open = true;
    link->is_up = false;
    return EF_OK;
}

static uint32_t unacknowledged(const fake_link *link)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < link->sent_count; i++)
        count += !link->sent[i].acknowledged;
    return count;
}

ef_status fake_link_read(fake_link *link, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    *len = 0;
    link->polls++;
    if (!link->is_open || (link->kind == EF_LINK_MQTT ? link->mqtt_down : link->websocket_down))
        return EF_NETWORK;
    if (!link->is_up) {
        if (link->refusals != 0) {
            link->refusals -= link->refusals > 0;
            response->status = 401;
            return EF_NETWORK;
        }
        link->is_up = true;
        response->status = 200;
        return EF_OK;
    }
    if (!link->holds_acks)
        for (uint32_t i = 0; i < link->sent_count; i++)
            link->sent[i].acknowledged = true;
    response->unacknowledged = unacknowledged(link);
    if (link->in_count == 0)
        return EF_AGAIN;
    link_message *m = &link->in[link->in_first];
    link->in_first = (link->in_first + 1) % LINK_QUEUE;
    link->in_count--;
    if (m->len > cap)
        return EF_TOO_LARGE;
    (void)snprintf(response->topic, sizeof response->topic, "%s", m->topic);
    memcpy(out, m->body, m->len);
    *len = m->len;
    return EF_OK;
}

ef_status fake_link_send(fake_link *link, const ef_message *message)
{
    if (!link->is_up || (link->kind == EF_LINK_MQTT ? link->mqtt_down : link->websocket_down))
        return EF_NETWORK;
    if (link->is_full)
        return EF_AGAIN;
    assert_true(link->sent_count < LINK_SENT);
    link_message *m = &link->sent[link->sent_count++];
    (void)snprintf(m->topic, sizeof m->topic, "%s", message->topic);
    assert_true(message->body_len < sizeof m->body);
    memcpy(m->body, message->body, message->body_len);
    m->body[message->body_len] = 0;
    m->len = message->body_len;
    m->qos = message->qos;
    m->retain = message->retain;
    m->acknowledged = message->qos == 0;
    return EF_OK;
}

void fake_link_close(fake_link *link)
{
    link->is_open = link->is_up = false;
}

void fake_link_push(fake_link *link, const char *topic, const char *body)
{
    assert_true(link->in_count < LINK_QUEUE);
    link_message *m = &link->in[(link->in_first + link->in_count++) % LINK_QUEUE];
    (void)snprintf(m->topic, sizeof m->topic, "%s", topic);
    (void)snprintf(m->body, sizeof m->body, "%s", body);
    m->len = strlen(body);
}

void fake_link_cut(fake_link *link)
{
    link->is_open = link->is_up = false;
}

const link_message *fake_link_find(const fake_link *link, const char *topic, const char *text)
{
    for (uint32_t i = link->sent_count; i-- > 0;)
        if (strcmp(link->sent[i].topic, topic) == 0 && strstr(link->sent[i].body, text) != NULL)
            return &link->sent[i];
    return NULL;
}

uint32_t fake_link_count(const fake_link *link, const char *topic, const char *text)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < link->sent_count; i++)
        count += strcmp(link->sent[i].topic, topic) == 0 && strstr(link->sent[i].body, text) != NULL;
    return count;
}
