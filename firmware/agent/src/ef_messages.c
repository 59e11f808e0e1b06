/* The message link: one of the configured links is kept open, what comes is handed on, what is due is sent; when none can be had everything goes
 * over HTTPS. Everything that leaves is built in tx, and so only while no request is under way there. */
#include "espforge/ef_messages.h"

#include <string.h>

#include "ef_parts.h"

#define CONNECT_TIMEOUT_MS 20000
#define BUSY_WAIT_MS 100
#define HANDOVER_MS 60000  /* how long the port may try to deliver after a cut, before another way is taken */
#define REFUSED_WAIT_MS 3600000
#define STEADY_MS 30000    /* a link that lived this long begins its backoff anew when it is lost */
#define HEARTBEAT_MS 60000u
#define KEEP_ALIVE_S 60u
#define LOG_WINDOW 4u      /* pieces of the log on the way at once */

static uint32_t link_count(const ef_agent *a)
{
    uint32_t count = 0;
    while (count < EF_LINKS && a->config.links[count] != EF_LINK_HTTP)
        count++;
    return count;
}

static ef_status start(ef_agent *a)
{
    memset(a->messages, 0, sizeof *a->messages);
    ef_backoff_reset(&a->messages->backoff, 1000, 60000);
    return EF_OK;
}

bool ef_messages_wanted(const ef_agent *a)
{
    return a->messages != NULL && a->messages->absent != (1u << link_count(a)) - 1u;
}

void ef_agent_status_changed(ef_agent *a)
{
    if (a->messages != NULL)
        a->messages->status_due = true;
}

ef_status ef_messages_send(ef_agent *a, const char *topic, size_t len, bool acknowledged, bool retain)
{
    const ef_message message = {.topic = topic, .body = a->tx, .body_len = len, .qos = acknowledged, .retain = retain};
    if (!a->messages->up)
        return EF_NETWORK;
    ef_status status = a->port->send(a->port->ctx, EF_CHANNEL_MESSAGES, &message);
    if (status == EF_OK && acknowledged)
        a->messages->response.unacknowledged++; /* until the next read says it */
    return status;
}

static ef_status send_presence(ef_agent *a, const char *text)
{
    size_t len = strlen(text);
    memcpy(a->tx, text, len + 1);
    return ef_messages_send(a, "lwt", len, true, true);
}

/* The next link, or after the last one the first again and a pause. */
static void try_next(ef_agent *a)
{
    ef_messages *m = a->messages;
    m->index++;
    if (m->index < link_count(a))
        return;
    m->index = 0;
    m->next_ms = ef_exchange_retry_ms(a, &m->response, &m->backoff);
}

static void lost(ef_agent *a, int64_t now_ms)
{
    ef_messages *m = a->messages;
    bool was_up = m->up, refused = m->response.status == 401;
    a->port->close(a->port->ctx, EF_CHANNEL_MESSAGES);
    m->open = m->up = false;
    if (m->flight != EF_FLIGHT_NONE && was_up)
        m->flight_until_ms = now_ms + HANDOVER_MS;
    if (refused) {
        ef_log(a, EF_LOG_WARN, "the message link does not take the token");
        if (!m->refused) {
            m->refused = true;
            ef_token_refused(a);
            return; /* the same link again with the new token */
        }
        m->refused = false;
        m->not_before_ms[m->index] = now_ms + REFUSED_WAIT_MS;
    } else {
        ef_host_heard(a, -1);
        ef_log(a, EF_LOG_INFO, "the message link is %s", was_up ? "lost" : "not to be had");
    }
    if (was_up && now_ms - m->opened_ms >= STEADY_MS)
        ef_backoff_reset(&m->backoff, 1000, 60000);
    if (was_up) {
        m->index = 0;
        m->next_ms = ef_exchange_retry_ms(a, &m->response, &m->backoff);
    } else {
        try_next(a);
    }
}

static uint32_t open_link(ef_agent *a, int64_t now_ms)
{
    ef_messages *m = a->messages;
    char url[EF_LINK_URL_CHARS + 1];
    if (!ef_messages_wanted(a))
        return EF_FOREVER;
    if (now_ms < m->next_ms)
        return ef_until(a, m->next_ms);
    if (((uint32_t)m->absent >> m->index & 1u) != 0 || now_ms < m->not_before_ms[m->index]) {
        try_next(a);
        return 0;
    }
    ef_status status = ef_links_url(a, a->config.links[m->index], url);
    const ef_request request = {
        .link = a->config.links[m->index],
        .bearer = a->token.text,
        .url = url,
        .device_id = a->identity.device_id,
        .topic_root = a->identity.topic_root,
        .keep_alive_s = KEEP_ALIVE_S,
    };
    ef_response_clear(&m->response);
    m->opened_ms = now_ms;
    if (status == EF_OK)
        status = a->port->open(a->port->ctx, EF_CHANNEL_MESSAGES, &request);
    if (status == EF_NOT_FOUND || status == EF_BAD_ARGUMENT) {
        m->absent = (uint8_t)((uint32_t)m->absent | 1u << m->index);
        try_next(a);
        return 0;
    }
    m->open = true;
    if (status != EF_OK)
        lost(a, now_ms);
    return 0;
}

static void connected(ef_agent *a, int64_t now_ms)
{
    ef_messages *m = a->messages;
    m->up = true;
    m->refused = false;
    m->online_due = a->config.links[m->index] == EF_LINK_MQTT; /* a WebSocket is its own sign of life */
    m->status_due = true;
    if (m->flight != EF_FLIGHT_NONE && m->flight_index != m->index)
        m->flight = EF_FLIGHT_NONE; /* that port has it no longer: once more with this one */
    ef_host_heard(a, now_ms - m->opened_ms);
    ef_token_accepted(a);
    ef_log(a, EF_LOG_INFO, "message link %s is up", a->config.links[m->index] == EF_LINK_MQTT ? "mqtt" : "websocket");
}

/* One message, which lies in tx. */
static void received(ef_agent *a, size_t len)
{
    if (strcmp(a->messages->response.topic, "cmd") == 0)
        ef_action_command(a, a->tx, len);
    else if (strcmp(a->messages->response.topic, "update") == 0)
        a->poll_next_ms = a->now_ms; /* what is there is asked for; what the message says is not believed */
    else
        ef_log(a, EF_LOG_DEBUG, "a message on %s is not for this device", a->messages->response.topic);
}

static ef_status send_status(ef_agent *a, int64_t now_ms)
{
    ef_messages *m = a->messages;
    ef_json_writer w;
    size_t len = 0;
    ef_json_begin(&w, a->tx, sizeof a->tx);
    ef_json_object(&w, NULL);
    ef_device_status_write(a, &w);
    ef_json_object_end(&w);
    ef_status status = ef_json_end(&w, &len);
    if (status == EF_OK)
        status = ef_messages_send(a, "status", len, true, true);
    if (status != EF_OK && status != EF_TOO_LARGE)
        return status;
    m->status_due = false;
    m->told_state = (uint8_t)a->state;
    m->status_ms = now_ms + (a->config.heartbeat_ms == 0 ? HEARTBEAT_MS : a->config.heartbeat_ms);
    return EF_OK;
}

static ef_status send_flight(ef_agent *a, ef_flight what, const char *topic, ef_status (*write)(ef_agent *a, size_t *len))
{
    size_t len = 0;
    ef_status status = write(a, &len);
    if (status == EF_OK)
        status = ef_messages_send(a, topic, len, true, false);
    if (status == EF_OK) {
        a->messages->flight = (uint8_t)what;
        a->messages->flight_index = a->messages->index;
    }
    return status;
}

static ef_status send_log(ef_agent *a)
{
    ef_messages *m = a->messages;
    size_t len = 0;
    bool more = false;
    ef_status status = ef_ring_message(a, m->log.request_id, &m->log.next, m->log.last, &len, &more);
    if (status == EF_OK)
        status = ef_messages_send(a, "log", len, true, false);
    if (status != EF_OK)
        return status;
    m->log.next++;
    if (!more)
        m->log.request_id[0] = 0;
    return EF_OK;
}

/* The most important message that is due. EF_NOT_FOUND: none is. */
static ef_status send_one(ef_agent *a, int64_t now_ms)
{
    ef_messages *m = a->messages;
    if (m->online_due) {
        ef_status status = send_presence(a, "ONLINE");
        m->online_due = status != EF_OK;
        return status;
    }
    if (m->answer.state != EF_ANSWER_NONE)
        return ef_action_answer_again(a);
    if (m->status_due || m->told_state != (uint8_t)a->state || now_ms >= m->status_ms)
        return send_status(a, now_ms);
    if (m->flight == EF_FLIGHT_NONE && ef_report_waits(a))
        return send_flight(a, EF_FLIGHT_REPORT, "report", ef_report_write);
    if (m->flight == EF_FLIGHT_NONE && a->telemetry != NULL && ef_telemetry_waits(a))
        return send_flight(a, EF_FLIGHT_TELEMETRY, "telemetry", ef_telemetry_write);
    if (m->log.request_id[0] != 0 && m->response.unacknowledged < LOG_WINDOW)
        return send_log(a);
    return EF_NOT_FOUND;
}

static void flight_landed(ef_agent *a)
{
    ef_flight what = (ef_flight)a->messages->flight;
    a->messages->flight = EF_FLIGHT_NONE;
    if (what == EF_FLIGHT_REPORT)
        ef_report_taken(a);
    else if (what == EF_FLIGHT_TELEMETRY)
        ef_telemetry_taken(a);
}

static uint32_t run(ef_agent *a, int64_t now_ms)
{
    ef_messages *m = a->messages;
    size_t len = 0;
    ef_status status = EF_AGAIN;
    if (!m->up || m->answer.state == EF_ANSWER_NONE) /* else there is no room for what a next command comes to */
        status = a->port->read(a->port->ctx, EF_CHANNEL_MESSAGES, &m->response, (uint8_t *)a->tx, sizeof a->tx - 1, &len);
    if (status == EF_NETWORK || status == EF_END || m->response.status == 401 ||
        (!m->up && m->response.status == 0 && now_ms - m->opened_ms >= CONNECT_TIMEOUT_MS)) {
        lost(a, now_ms);
        return 0;
    }
    if (!m->up) {
        if (m->response.status != 200)
            return BUSY_WAIT_MS;
        connected(a, now_ms);
        return 0;
    }
    if (status == EF_TOO_LARGE)
        ef_log(a, EF_LOG_WARN, "a message was too long and was dropped");
    if (status == EF_OK && len > 0) {
        received(a, len);
        return 0;
    }
    if (m->flight != EF_FLIGHT_NONE && m->response.unacknowledged == 0)
        flight_landed(a);
    status = send_one(a, now_ms);
    if (status == EF_NETWORK)
        lost(a, now_ms);
    return status == EF_OK || status == EF_NETWORK ? 0 : BUSY_WAIT_MS;
}

static uint32_t step(ef_agent *a)
{
    int64_t now_ms = a->now_ms;
    ef_messages *m = a->messages;
    if (!a->identity.present || link_count(a) == 0)
        return EF_FOREVER;
    if (m->flight != EF_FLIGHT_NONE && !m->up && now_ms >= m->flight_until_ms)
        m->flight = EF_FLIGHT_NONE;
    if (a->control.job != EF_JOB_NONE)
        return EF_FOREVER; /* its buffers are in use; its end is a step of its own */
    if (m->open)
        return run(a, now_ms);
    return ef_token_valid(a) ? open_link(a, now_ms) : EF_FOREVER;
}

static void goodbye(ef_agent *a)
{
    ef_messages *m = a->messages;
    if (m->up && a->config.links[m->index] == EF_LINK_MQTT)
        (void)send_presence(a, "OFFLINE");
    if (m->open)
        a->port->close(a->port->ctx, EF_CHANNEL_MESSAGES);
    m->open = m->up = false;
}

static const ef_part part = {.start = start, .step = step, .settle = goodbye, .claimed = ef_links_store};

void ef_messages_use(ef_agent_config *config, ef_messages *state)
{
    config->parts[EF_PART_MESSAGES] = &part;
    config->messages = state;
}
