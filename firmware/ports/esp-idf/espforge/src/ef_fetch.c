#include "ef_fetch.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esp_http_client.h"
#include "esp_log.h"
#include "freertos/stream_buffer.h"

#include "ef_trust.h"

#define CONNECT_TIMEOUT_MS 10000
#define READ_TIMEOUT_MS 1000 /* how soon a worker notices that its exchange was closed */
#define FULL_WAIT_MS 200
#define RX_BYTES 1024
#define TX_BYTES 1536 /* one header line must fit: a JWT of 1,023 characters */
#define PRIORITY 4    /* below the agent's task: a step never waits for a handshake */

enum stage { STAGE_ASKING, STAGE_HEAD, STAGE_DONE, STAGE_LOST };

/* One exchange. The agent and the worker own it together; whoever lets go last frees it, so that neither ever waits for the other. */
struct ef_exchange_job {
    atomic_int owners;
    atomic_int stage;
    atomic_bool closed;
    ef_response response; /* the worker's until STAGE_HEAD, constant from then on */
    StreamBufferHandle_t stream;
    StaticStreamBuffer_t stream_state;
    uint8_t *stream_bytes;
    char *url, *bearer, *body;
    size_t body_len;
    bool is_post;
    char range[32];
    char if_range[72];
};

typedef struct ef_exchange_job job;

static const char tag[] = "espforge";

static void let_go(job *j)
{
    if (atomic_fetch_sub(&j->owners, 1) == 1)
        free(j);
}

/* One block of memory: the job, its buffer and its texts. The agent writes its next request over the present one's body when it gives up on it, so
 * the body is copied too. */
static job *create(const ef_fetch *fetch, const ef_request *r)
{
    size_t url_len = strlen(fetch->server_url) + strlen(r->path) + 1;
    size_t bearer_len = r->bearer == NULL ? 0 : sizeof "Bearer " + strlen(r->bearer);
    size_t body_len = r->body == NULL ? 0 : r->body_len;
    job *j = calloc(1, sizeof *j + fetch->buffer_bytes + 1 + url_len + bearer_len + body_len);
    if (j == NULL)
        return NULL;
    j->stream_bytes = (uint8_t *)(j + 1);
    j->stream = xStreamBufferCreateStatic(fetch->buffer_bytes + 1, 1, j->stream_bytes, &j->stream_state);
    j->url = (char *)j->stream_bytes + fetch->buffer_bytes + 1;
    (void)snprintf(j->url, url_len, "%s%s", fetch->server_url, r->path);
    j->bearer = bearer_len == 0 ? NULL : j->url + url_len;
    if (j->bearer != NULL)
        (void)snprintf(j->bearer, bearer_len, "Bearer %s", r->bearer);
    j->body = j->url + url_len + bearer_len;
    j->body_len = body_len;
    if (body_len > 0)
        memcpy(j->body, r->body, body_len);
    j->is_post = strcmp(r->method, "POST") == 0;
    if (r->range_from > 0) {
        (void)snprintf(j->range, sizeof j->range, "bytes=%lu-", (unsigned long)r->range_from);
        if (r->if_range != NULL)
            (void)snprintf(j->if_range, sizeof j->if_range, "%s", r->if_range);
    }
    ef_response_clear(&j->response);
    atomic_init(&j->owners, 2);
    atomic_init(&j->stage, STAGE_ASKING);
    atomic_init(&j->closed, false);
    return j;
}

static esp_err_t on_event(esp_http_client_event_t *event)
{
    job *j = event->user_data;
    if (event->event_id == HTTP_EVENT_ON_HEADER && atomic_load(&j->stage) == STAGE_ASKING)
        ef_response_header(&j->response, event->header_key, strlen(event->header_key), event->header_value, strlen(event->header_value));
    return ESP_OK;
}

static bool send_request(esp_http_client_handle_t client, const job *j)
{
    bool ok = esp_http_client_set_header(client, "Connection", "close") == ESP_OK;
    if (j->is_post)
        ok = ok && esp_http_client_set_header(client, "Content-Type", "application/json") == ESP_OK;
    if (j->bearer != NULL)
        ok = ok && esp_http_client_set_header(client, "Authorization", j->bearer) == ESP_OK;
    if (j->range[0] != 0)
        ok = ok && esp_http_client_set_header(client, "Range", j->range) == ESP_OK;
    if (j->if_range[0] != 0)
        ok = ok && esp_http_client_set_header(client, "If-Range", j->if_range) == ESP_OK;
    if (!ok || esp_http_client_open(client, (int)j->body_len) != ESP_OK)
        return false;
    for (size_t sent = 0; sent < j->body_len;) {
        int n = esp_http_client_write(client, j->body + sent, (int)(j->body_len - sent));
        if (n <= 0)
            return false;
        sent += (size_t)n;
    }
    return esp_http_client_set_timeout_ms(client, READ_TIMEOUT_MS) == ESP_OK;
}

static bool receive_head(esp_http_client_handle_t client, job *j)
{
    int64_t got;
    do {
        got = esp_http_client_fetch_headers(client);
    } while (got == -ESP_ERR_HTTP_EAGAIN && !atomic_load(&j->closed));
    int status = esp_http_client_get_status_code(client);
    if (got < 0 || status < 200)
        return false;
    j->response.status = status;
    atomic_store(&j->stage, STAGE_HEAD);
    return true;
}

/* True when the body has come to the end that was announced. */
static bool receive_body(esp_http_client_handle_t client, job *j)
{
    uint8_t part[RX_BYTES];
    while (!atomic_load(&j->closed)) {
        int n = esp_http_client_read(client, (char *)part, sizeof part);
        if (n == -ESP_ERR_HTTP_EAGAIN)
            continue;
        if (n <= 0)
            return n == 0 && esp_http_client_is_complete_data_received(client);
        for (size_t kept = 0; kept < (size_t)n && !atomic_load(&j->closed);)
            kept += xStreamBufferSend(j->stream, part + kept, (size_t)n - kept, pdMS_TO_TICKS(FULL_WAIT_MS));
    }
    return false;
}

static void perform(job *j)
{
    esp_http_client_config_t config = {
        .url = j->url,
        .method = j->is_post ? HTTP_METHOD_POST : HTTP_METHOD_GET,
        .timeout_ms = CONNECT_TIMEOUT_MS,
        .disable_auto_redirect = true, /* a bearer goes to the configured host and to no other */
        .max_authorization_retries = -1,
        .event_handler = on_event,
        .user_data = j,
        .buffer_size = RX_BYTES,
        .buffer_size_tx = TX_BYTES,
        .user_agent = "espforge-agent",
        .crt_bundle_attach = ef_trust_attach,
    };
    esp_http_client_handle_t client = atomic_load(&j->closed) ? NULL : esp_http_client_init(&config);
    bool done = client != NULL && send_request(client, j) && receive_head(client, j) && receive_body(client, j);
    if (client != NULL)
        (void)esp_http_client_cleanup(client);
    atomic_store(&j->stage, done ? STAGE_DONE : STAGE_LOST);
}

static void work(void *argument)
{
    ef_fetch *fetch = argument;
    for (;;) {
        job *j = NULL;
        if (xQueueReceive(fetch->jobs, &j, portMAX_DELAY) != pdTRUE)
            continue;
        perform(j);
        let_go(j);
    }
}

ef_status ef_fetch_init(ef_fetch *fetch, const char *server_url, const char *task_name, size_t buffer_bytes, uint32_t stack_bytes)
{
    *fetch = (ef_fetch){.server_url = server_url, .buffer_bytes = buffer_bytes};
    fetch->jobs = xQueueCreate(EF_FETCH_WAITING, sizeof(job *));
    if (fetch->jobs == NULL || xTaskCreate(work, task_name, stack_bytes, fetch, PRIORITY, &fetch->worker) != pdPASS) {
        ESP_LOGE(tag, "no memory for %s", task_name);
        return EF_NETWORK;
    }
    return EF_OK;
}

ef_status ef_fetch_open(ef_fetch *fetch, const ef_request *request)
{
    ef_fetch_close(fetch);
    /* A path that does not begin with '/' would become part of the host's name. */
    if (request->path[0] != '/')
        return EF_BAD_ARGUMENT;
    job *j = create(fetch, request);
    if (j == NULL)
        return EF_NETWORK;
    if (xQueueSend(fetch->jobs, &j, 0) != pdTRUE) {
        free(j);
        return EF_NETWORK;
    }
    fetch->current = j;
    return EF_OK;
}

ef_status ef_fetch_read(ef_fetch *fetch, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    job *j = fetch->current;
    *len = 0;
    if (j == NULL)
        return EF_NETWORK;
    int stage = atomic_load(&j->stage); /* before the bytes: what was put in before the end is there when the end is seen */
    bool has_head = stage != STAGE_ASKING && j->response.status != 0;
    bool head_is_new = has_head && response->status == 0;
    if (has_head)
        *response = j->response;
    if (cap > 0)
        *len = xStreamBufferReceive(j->stream, out, cap, 0);
    if (*len > 0 || head_is_new)
        return EF_OK;
    if (stage == STAGE_DONE && xStreamBufferIsEmpty(j->stream) == pdTRUE)
        return EF_END;
    return stage == STAGE_LOST && xStreamBufferIsEmpty(j->stream) == pdTRUE ? EF_NETWORK : EF_AGAIN;
}

void ef_fetch_close(ef_fetch *fetch)
{
    if (fetch->current == NULL)
        return;
    atomic_store(&fetch->current->closed, true);
    let_go(fetch->current);
    fetch->current = NULL;
}
