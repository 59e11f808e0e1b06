/* HTTP for the channels CONTROL and DOWNLOAD: esp_http_client blocks, so each channel has a worker task, and the agent's task only ever takes what
 * has arrived. Bytes wait in a small stream buffer; when it is full the worker waits, the TCP window closes, and the server waits for the flash. */
#ifndef EF_FETCH_H
#define EF_FETCH_H

#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"
#include "freertos/task.h"

#include "espforge/ef_port.h"

#define EF_FETCH_WAITING 2 /* exchanges a worker may still have to come to an end with */

struct ef_exchange_job;

typedef struct ef_fetch {
    const char *server_url; /* without a '/' at its end */
    size_t buffer_bytes;
    struct ef_exchange_job *current; /* the agent's view; NULL: none */
    QueueHandle_t jobs;
    TaskHandle_t worker;
} ef_fetch;

/* EF_NETWORK when memory is short. */
ef_status ef_fetch_init(ef_fetch *fetch, const char *server_url, const char *task_name, size_t buffer_bytes, uint32_t stack_bytes);
ef_status ef_fetch_open(ef_fetch *fetch, const ef_request *request);
ef_status ef_fetch_read(ef_fetch *fetch, ef_response *response, uint8_t *out, size_t cap, size_t *len);
void ef_fetch_close(ef_fetch *fetch);

#endif
