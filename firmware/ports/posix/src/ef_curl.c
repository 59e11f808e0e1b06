#include "ef_curl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#define CONNECT_TIMEOUT_MS 10000L

typedef struct exchange {
    CURL *easy;
    struct curl_slist *headers;
    bool active, added, paused, done;
    CURLcode result;
    ef_response response;
    bool head_complete;
    size_t from, to; /* of what is in the buffer */
    uint8_t buffer[CURL_MAX_WRITE_SIZE];
    char url[512];
    char range[24];
} exchange;

struct ef_curl {
    CURLM *multi;
    char server_url[256];
    const char *ca_file, *pins;
    exchange exchanges[EF_CHANNEL_COUNT];
};

static size_t on_header(char *data, size_t size, size_t count, void *context)
{
    exchange *e = context;
    size_t len = size * count, total = len;
    while (len > 0 && (data[len - 1] == '\r' || data[len - 1] == '\n'))
        len--;
    if (len >= 5 && memcmp(data, "HTTP/", 5) == 0) {
        ef_response_clear(&e->response); /* a 100 Continue before the answer leaves nothing behind */
        return total;
    }
    if (len == 0) {
        long status = 0;
        (void)curl_easy_getinfo(e->easy, CURLINFO_RESPONSE_CODE, &status);
        e->response.status = (int32_t)status;
        e->head_complete = status >= 200;
        return total;
    }
    const char *colon = memchr(data, ':', len);
    if (colon != NULL) {
        const char *value = colon + 1, *end = data + len;
        while (value < end && (*value == ' ' || *value == '\t'))
            value++;
        while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
            end--;
        ef_response_header(&e->response, data, (size_t)(colon - data), value, (size_t)(end - value));
    }
    return total;
}

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    exchange *e = context;
    size_t len = size * count;
    if (e->from == e->to)
        e->from = e->to = 0;
    if (len > sizeof e->buffer - e->to) {
        e->paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    memcpy(e->buffer + e->to, data, len);
    e->to += len;
    return len;
}

ef_curl *ef_curl_open(const char *server_url, const char *ca_file, const char *pins)
{
    ef_curl *curl = calloc(1, sizeof *curl);
    if (curl == NULL || strlen(server_url) >= sizeof curl->server_url) {
        free(curl);
        return NULL;
    }
    (void)strcpy(curl->server_url, server_url);
    for (size_t len = strlen(curl->server_url); len > 0 && curl->server_url[len - 1] == '/'; len--)
        curl->server_url[len - 1] = 0;
    curl->ca_file = ca_file;
    curl->pins = pins;
    bool tls = strncmp(server_url, "https:", 6) == 0;
    bool ok = curl_global_init(tls ? CURL_GLOBAL_SSL : CURL_GLOBAL_NOTHING) == CURLE_OK && (curl->multi = curl_multi_init()) != NULL;
    for (int i = 0; ok && i < EF_CHANNEL_COUNT; i++)
        ok = (curl->exchanges[i].easy = curl_easy_init()) != NULL;
    if (ok)
        (void)curl_multi_setopt(curl->multi, CURLMOPT_MAXCONNECTS, (long)EF_CHANNEL_COUNT);
    if (ok)
        return curl;
    ef_curl_close(curl);
    return NULL;
}

void ef_curl_close(ef_curl *curl)
{
    for (int i = 0; i < EF_CHANNEL_COUNT; i++) {
        ef_curl_end(curl, (ef_channel)i);
        if (curl->exchanges[i].easy != NULL)
            curl_easy_cleanup(curl->exchanges[i].easy);
    }
    if (curl->multi != NULL)
        (void)curl_multi_cleanup(curl->multi);
    curl_global_cleanup();
    free(curl);
}

static bool add_header(exchange *e, const char *name, const char *value)
{
    char line[1200];
    int n = snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *longer = n > 0 && (size_t)n < sizeof line ? curl_slist_append(e->headers, line) : NULL;
    if (longer == NULL)
        return false;
    e->headers = longer;
    return true;
}

ef_status ef_curl_begin(ef_curl *curl, ef_channel channel, const ef_request *request)
{
    exchange *e = &curl->exchanges[channel];
    ef_curl_end(curl, channel);
    int n = snprintf(e->url, sizeof e->url, "%s%s", curl->server_url, request->path);
    /* A path that does not begin with '/' would become part of the host's name. */
    if (request->path[0] != '/' || n < 0 || (size_t)n >= sizeof e->url)
        return EF_BAD_ARGUMENT;
    curl_easy_reset(e->easy);
    e->active = true;
    e->added = e->paused = e->done = e->head_complete = false;
    e->result = CURLE_OK;
    e->from = e->to = 0;
    ef_response_clear(&e->response);

    bool post = strcmp(request->method, "POST") == 0;
    bool ok = add_header(e, "Expect", "") && (!post || add_header(e, "Content-Type", "application/json"));
    if (ok && request->bearer != NULL) {
        char value[1100];
        n = snprintf(value, sizeof value, "Bearer %s", request->bearer);
        ok = n > 0 && (size_t)n < sizeof value && add_header(e, "Authorization", value);
    }
    if (ok && request->range_from > 0) {
        (void)snprintf(e->range, sizeof e->range, "bytes=%u-", request->range_from);
        ok = add_header(e, "Range", e->range) && (request->if_range == NULL || add_header(e, "If-Range", request->if_range));
    }
    (void)curl_easy_setopt(e->easy, CURLOPT_URL, e->url);
    (void)curl_easy_setopt(e->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(e->easy, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(e->easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(e->easy, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(e->easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
    (void)curl_easy_setopt(e->easy, CURLOPT_USERAGENT, "espforge-agent");
    (void)curl_easy_setopt(e->easy, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl_easy_setopt(e->easy, CURLOPT_HEADERDATA, e);
    (void)curl_easy_setopt(e->easy, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(e->easy, CURLOPT_WRITEDATA, e);
    (void)curl_easy_setopt(e->easy, CURLOPT_PRIVATE, e);
    if (curl->ca_file != NULL)
        (void)curl_easy_setopt(e->easy, CURLOPT_CAINFO, curl->ca_file);
    if (curl->pins != NULL)
        (void)curl_easy_setopt(e->easy, CURLOPT_PINNEDPUBLICKEY, curl->pins);
    if (post) {
        (void)curl_easy_setopt(e->easy, CURLOPT_POSTFIELDSIZE, (long)request->body_len);
        (void)curl_easy_setopt(e->easy, CURLOPT_POSTFIELDS, request->body == NULL ? "" : request->body);
    }
    (void)curl_easy_setopt(e->easy, CURLOPT_HTTPHEADER, e->headers);
    if (!ok || curl_multi_add_handle(curl->multi, e->easy) != CURLM_OK) {
        ef_curl_end(curl, channel);
        return EF_NETWORK;
    }
    e->added = true;
    return EF_OK;
}

static void perform(ef_curl *curl)
{
    int running = 0, left = 0;
    CURLMsg *message;
    (void)curl_multi_perform(curl->multi, &running);
    while ((message = curl_multi_info_read(curl->multi, &left)) != NULL) {
        exchange *e = NULL;
        if (message->msg != CURLMSG_DONE || curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&e) != CURLE_OK || e == NULL)
            continue;
        e->done = true;
        e->result = message->data.result;
    }
}

ef_status ef_curl_read(ef_curl *curl, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    exchange *e = &curl->exchanges[channel];
    *len = 0;
    if (!e->active)
        return EF_NETWORK;
    if (e->from == e->to && !e->done) {
        if (e->paused) {
            e->paused = false;
            (void)curl_easy_pause(e->easy, CURLPAUSE_CONT);
        }
        perform(curl);
    }
    bool head_is_new = e->head_complete && response->status == 0;
    if (e->head_complete)
        *response = e->response;
    if (e->from < e->to) {
        *len = e->to - e->from < cap ? e->to - e->from : cap;
        memcpy(out, e->buffer + e->from, *len);
        e->from += *len;
        return EF_OK;
    }
    if (head_is_new)
        return EF_OK;
    if (!e->done)
        return EF_AGAIN;
    return e->result == CURLE_OK ? EF_END : EF_NETWORK;
}

void ef_curl_end(ef_curl *curl, ef_channel channel)
{
    exchange *e = &curl->exchanges[channel];
    if (e->added)
        (void)curl_multi_remove_handle(curl->multi, e->easy);
    curl_slist_free_all(e->headers);
    e->headers = NULL;
    e->active = e->added = false;
}

void ef_curl_wait(ef_curl *curl, uint32_t wait_ms, int other_fd, bool other_wants_write)
{
    struct curl_waitfd other = {.fd = other_fd, .events = (short)(CURL_WAIT_POLLIN | (other_wants_write ? CURL_WAIT_POLLOUT : 0))};
    (void)curl_multi_poll(curl->multi, other_fd >= 0 ? &other : NULL, other_fd >= 0 ? 1u : 0u, (int)wait_ms, NULL);
}
