/* The WebSocket link by libwebsockets' client: frames of ef_frame.h, what is not acknowledged is sent again on the next connection. */
#ifndef EF_WEBSOCKET_H
#define EF_WEBSOCKET_H

#include "espforge/ef_port.h"

typedef struct ef_websocket ef_websocket;

/* As ef_mqtt_open: NULL when this port was built without libwebsockets; with pins wss is refused. */
ef_websocket *ef_websocket_open(const char *ca_file, bool is_pinned);
void ef_websocket_close(ef_websocket *websocket);
ef_status ef_websocket_begin(ef_websocket *websocket, const ef_request *request);
ef_status ef_websocket_read(ef_websocket *websocket, ef_response *response, uint8_t *out, size_t cap, size_t *len);
ef_status ef_websocket_send(ef_websocket *websocket, const ef_message *message);
void ef_websocket_end(ef_websocket *websocket);
void ef_websocket_pump(ef_websocket *websocket);
int ef_websocket_socket(const ef_websocket *websocket, bool *wants_write);

#endif
