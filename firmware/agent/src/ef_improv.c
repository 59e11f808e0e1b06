/* Improv Wi-Fi: what the commands do, the same over a serial line and over BLE. ef_improv_frame.c has the two ways bytes travel. */
#include "espforge/ef_improv.h"

#include <stdio.h>
#include <string.h>

#include "ef_improv_rpc.h"
#include "ef_parts.h"
#include "ef_wipe.h"

enum { COMMAND_WIFI = 1, COMMAND_STATE_OR_IDENTIFY = 2, COMMAND_INFO = 3, COMMAND_SCAN = 4, COMMAND_NETWORK = 7 };
enum { STATE_LOCKED = 1, STATE_READY = 2, STATE_JOINING = 3, STATE_JOINED = 4 };
enum { ERROR_NONE = 0, ERROR_INVALID = 1, ERROR_UNKNOWN_COMMAND = 2, ERROR_NOT_JOINED = 3, ERROR_NOT_AUTHORIZED = 4, ERROR_OTHER = 255 };
enum { CAN_IDENTIFY = 1, CAN_TELL_INFO = 2, CAN_SCAN = 4 };

void ef_improv_begin(ef_improv *i, ef_agent *agent, bool is_serial)
{
    memset(i, 0, sizeof *i);
    i->agent = agent;
    i->is_serial = is_serial;
    i->error_due = i->state_due = !is_serial; /* a serial client asks; a BLE one reads */
}

static bool is_online(const ef_agent *a)
{
    return a->networks->seen == EF_NETWORK_UP && !a->networks->down;
}

uint8_t ef_improv_state(const ef_improv *i)
{
    const ef_agent *a = i->agent;
    switch (a->provision->state) {
    case EF_PROVISION_JOINING:
        return STATE_JOINING;
    case EF_PROVISION_JOINED:
        return STATE_JOINED;
    case EF_PROVISION_LOCKED:
        return i->is_serial ? STATE_READY : STATE_LOCKED;
    case EF_PROVISION_IDLE:
        return is_online(a) ? STATE_JOINED : i->is_serial ? STATE_READY : STATE_LOCKED;
    default:
        return STATE_READY;
    }
}

uint8_t ef_improv_capabilities(const ef_improv *i)
{
    const ef_provision_port *port = i->agent->config.provision.port;
    return (uint8_t)((port != NULL && port->identify != NULL ? CAN_IDENTIFY : 0) | CAN_TELL_INFO | CAN_SCAN);
}

void ef_improv_service_data(const ef_improv *i, uint8_t out[6])
{
    memset(out, 0, 6);
    out[0] = ef_improv_state(i);
    out[1] = ef_improv_capabilities(i);
}

void ef_improv_fail(ef_improv *i)
{
    i->error = ERROR_INVALID;
    i->error_due = true;
}

/* A length and that many bytes, as a text. */
static bool take_text(const uint8_t **p, const uint8_t *end, char *out, size_t cap)
{
    if (*p == end || (size_t)(end - *p) - 1 < **p || **p >= cap)
        return false;
    size_t len = *(*p)++;
    if (memchr(*p, 0, len) != NULL)
        return false;
    memcpy(out, *p, len);
    out[len] = 0;
    *p += len;
    return true;
}

static uint8_t join(ef_improv *i, const uint8_t *data, size_t len)
{
    ef_wifi wifi;
    const uint8_t *p = data, *end = data + len;
    if (!take_text(&p, end, wifi.ssid, sizeof wifi.ssid) || !take_text(&p, end, wifi.password, sizeof wifi.password) || p != end)
        return ERROR_INVALID;
    if (i->is_serial) { /* whoever holds the cable is at the device */
        (void)ef_provision_open(i->agent);
        if (i->agent->provision->tries < EF_PROVISION_TRIES)
            ef_provision_authorize(i->agent);
    }
    ef_status status = ef_provision_join(i->agent, wifi.ssid, wifi.password);
    ef_wipe(&wifi, sizeof wifi);
    if (status == EF_NOT_FOUND)
        return ERROR_NOT_AUTHORIZED;
    if (status == EF_AGAIN)
        return ERROR_OTHER;
    if (status != EF_OK)
        return ERROR_NOT_JOINED; /* no network has such a name or password */
    i->result_waits = i->state_due = true;
    return ERROR_NONE;
}

static uint8_t obey(ef_improv *i, uint8_t command, const uint8_t *data, size_t len)
{
    const ef_provision_port *port = i->agent->config.provision.port;
    if (command == COMMAND_WIFI)
        return join(i, data, len);
    if (len != 0)
        return command <= COMMAND_SCAN ? ERROR_INVALID : ERROR_UNKNOWN_COMMAND;
    switch (command) {
    case COMMAND_STATE_OR_IDENTIFY:
        if (i->is_serial) {
            i->state_due = true;
            i->result = ef_improv_state(i) == STATE_JOINED ? COMMAND_WIFI : 0;
            return ERROR_NONE;
        }
        if (port == NULL || port->identify == NULL)
            return ERROR_UNKNOWN_COMMAND;
        port->identify(port->ctx);
        return ERROR_NONE;
    case COMMAND_SCAN:
        if (i->is_serial)
            (void)ef_provision_open(i->agent);
        ef_provision_scan(i->agent);
        i->cursor = 0;
        i->result = command;
        return ERROR_NONE;
    case COMMAND_NETWORK:
        if (!i->is_serial)
            return ERROR_UNKNOWN_COMMAND;
        /* fall through */
    case COMMAND_INFO:
        i->result = command;
        return ERROR_NONE;
    default:
        return ERROR_UNKNOWN_COMMAND;
    }
}

void ef_improv_command(ef_improv *i, uint8_t command, const uint8_t *data, size_t len)
{
    i->result = 0;
    i->result_waits = false;
    i->error = obey(i, command, data, len);
    i->error_due = true; /* also "no error": every command is answered */
}

/* A result is: command, length of what follows, then texts with a length each. */
static size_t put_text(uint8_t *out, size_t at, const char *text)
{
    size_t len = strlen(text);
    if (at + 1 + len > EF_IMPROV_DATA_BYTES)
        return at;
    out[at] = (uint8_t)len;
    memcpy(out + at + 1, text, len);
    return at + 1 + len;
}

static size_t put_heard(ef_improv *i, uint8_t *out, size_t at, const ef_heard *heard)
{
    static const char *const names[] = {"NO", "WEP", "WPA", "WPA2"};
    char level[8];
    (void)snprintf(level, sizeof level, "%d", heard->rssi_dbm);
    const char *security = !i->is_serial ? names[heard->security] : heard->security == EF_WIFI_OPEN ? "NO" : "YES";
    if (at + 3 + strlen(heard->ssid) + strlen(level) + strlen(security) > EF_IMPROV_DATA_BYTES)
        return at;
    return put_text(out, put_text(out, put_text(out, at, heard->ssid), level), security);
}

/* Serial: one network a result, and an empty one at the end. BLE: as many as fit into the only one. 0: the scan is not done. */
static size_t networks(ef_improv *i, uint8_t *out)
{
    ef_heard heard;
    size_t at = 2;
    for (;;) {
        ef_status status = ef_provision_heard(i->agent, &i->cursor, &heard);
        if (status == EF_AGAIN)
            return 0;
        if (status != EF_OK) {
            i->result = 0;
            return at;
        }
        at = put_heard(i, out, at, &heard);
        if (i->is_serial)
            return at;
    }
}

static size_t result(ef_improv *i, uint8_t *out)
{
    const ef_agent *a = i->agent;
    const char *url = a->config.provision.url;
    size_t at = 2;
    out[0] = i->result;
    switch (i->result) {
    case COMMAND_SCAN:
        at = networks(i, out);
        break;
    case COMMAND_INFO:
        at = put_text(out, at, a->config.product);
        at = put_text(out, at, a->config.version);
        at = put_text(out, at, a->config.chip);
        at = put_text(out, at, a->config.hardware_id);
        i->result = 0;
        break;
    case COMMAND_NETWORK:
        at = put_text(out, at, is_online(a) ? "3" : "2"); /* Wi-Fi, and whether it is up */
        /* fall through */
    default:
        if (url != NULL && is_online(a))
            at = put_text(out, at, url);
        i->result = 0;
        break;
    }
    if (at != 0)
        out[1] = (uint8_t)(at - 2);
    return at;
}

/* What became of a join this client asked for. */
static void follow_join(ef_improv *i)
{
    const ef_agent *a = i->agent;
    if (!i->result_waits || a->provision->state == EF_PROVISION_JOINING)
        return;
    i->result_waits = false;
    if (a->provision->state == EF_PROVISION_JOINED) {
        i->result = COMMAND_WIFI;
    } else {
        i->error = ERROR_NOT_JOINED;
        i->error_due = true;
    }
}

size_t ef_improv_next(ef_improv *i, uint8_t *type, uint8_t out[EF_IMPROV_DATA_BYTES])
{
    follow_join(i);
    if (i->error_due) {
        i->error_due = false;
        *type = EF_IMPROV_ERROR;
        out[0] = i->error;
        return 1;
    }
    uint8_t state = ef_improv_state(i);
    if (i->state_due || (i->said_state != 0 && i->said_state != state)) {
        i->state_due = false;
        i->said_state = state;
        *type = EF_IMPROV_STATE;
        out[0] = state;
        return 1;
    }
    *type = EF_IMPROV_RESULT;
    return i->result == 0 ? 0 : result(i, out);
}
