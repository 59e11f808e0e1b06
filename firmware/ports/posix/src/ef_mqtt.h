/* The MQTT link by libmosquitto: nothing waits, except that the name of a broker is resolved by the system. */
#ifndef EF_MQTT_H
#define EF_MQTT_H

#include "espforge/ef_port.h"

typedef struct ef_mqtt ef_mqtt;

/* ca_file may be NULL. is_pinned: only keys told beforehand may be trusted, which libmosquitto cannot check, so mqtts is refused. NULL when this
 * port was built without libmosquitto. */
ef_mqtt *ef_mqtt_open(const char *ca_file, bool is_pinned);
void ef_mqtt_close(ef_mqtt *mqtt); /* NULL is allowed */
ef_status ef_mqtt_begin(ef_mqtt *mqtt, const ef_request *request);
ef_status ef_mqtt_read(ef_mqtt *mqtt, ef_response *response, uint8_t *out, size_t cap, size_t *len);
ef_status ef_mqtt_send(ef_mqtt *mqtt, const ef_message *message);
void ef_mqtt_end(ef_mqtt *mqtt);
/* Moves what can be moved. */
void ef_mqtt_pump(ef_mqtt *mqtt);
int ef_mqtt_socket(const ef_mqtt *mqtt, bool *wants_write); /* -1: none */

#endif
