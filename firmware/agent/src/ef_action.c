/* Obeying commands: docs/protocol.md section 6.4. The nonce is in flash before anything is done, so that no restart and no lost answer lets a
 * command be obeyed twice. */
#include <string.h>

#include "ef_parts.h"

#define RESULT_BYTES 1024u

/* The command lies in tx; its params go to the beginning of rx and the result behind them. */
#define PARAMS_CAP (EF_COMMAND_PARAMS_BYTES + 1u)
_Static_assert(sizeof((ef_agent *)0)->rx >= PARAMS_CAP + 512u, "params and a result must fit");

static const char window_key[] = "nonces";

typedef struct outcome {
    ef_answer_state state;
    ef_status error;
    const char *detail;
    const char *result;
    size_t result_len;
} outcome;

static const outcome done = {.state = EF_ANSWER_DONE};

static outcome failed(ef_status error, const char *detail)
{
    return (outcome){.state = EF_ANSWER_FAILED, .error = error, .detail = detail};
}

static const char *answer_name(ef_answer_state state)
{
    static const char *const names[] = {"", "accepted", "done", "failed", "refused"};
    return names[state];
}

/* Sends at once what can be sent; what cannot waits without its result, because there is no room to keep that. */
static ef_status answer(ef_agent *a, const char *request_id, const outcome *o)
{
    ef_json_writer w;
    size_t len = 0;
    ef_json_begin(&w, a->tx, sizeof a->tx);
    ef_json_object(&w, NULL);
    ef_json_put_string(&w, "requestId", request_id);
    ef_json_put_string(&w, "state", answer_name(o->state));
    if (o->error != EF_OK)
        ef_json_put_string(&w, "error", ef_status_code(o->error));
    if (o->detail != NULL)
        ef_json_put_string(&w, "detail", o->detail);
    if (o->result_len > 2)
        ef_json_put_raw(&w, "result", o->result, o->result_len);
    ef_json_object_end(&w);
    ef_status status = ef_json_end(&w, &len);
    if (status == EF_OK)
        status = ef_messages_send(a, "report", len, true, false);
    if (status == EF_OK)
        return EF_OK;
    ef_copy_text(a->messages->answer.request_id, sizeof a->messages->answer.request_id, request_id);
    a->messages->answer.state = o->state;
    a->messages->answer.error = o->error;
    return status;
}

ef_status ef_action_answer_again(ef_agent *a)
{
    char request_id[EF_COMMAND_TEXT_CHARS + 1];
    const outcome o = {.state = a->messages->answer.state, .error = a->messages->answer.error};
    memcpy(request_id, a->messages->answer.request_id, sizeof request_id);
    a->messages->answer.state = EF_ANSWER_NONE;
    return answer(a, request_id, &o);
}

static outcome run_poll(ef_agent *a, const ef_command *c, ef_json_writer *result)
{
    (void)c, (void)result;
    a->poll_next_ms = a->now_ms;
    return done;
}

static outcome run_status(ef_agent *a, const ef_command *c, ef_json_writer *result);

static outcome run_restart(ef_agent *a, const ef_command *c, ef_json_writer *result)
{
    (void)c, (void)result;
    if (a->state != EF_STATE_IDLE)
        return failed(EF_AGAIN, "An update is under way.");
    ef_event_happened(a, EF_EVENT_RESTART); /* which waits for this answer to be on its way */
    return (outcome){.state = EF_ANSWER_ACCEPTED};
}

static outcome run_log(ef_agent *a, const ef_command *c, ef_json_writer *result)
{
    (void)result;
    if (a->ring == NULL)
        return failed(EF_NOT_FOUND, "This device keeps no log.");
    if (a->messages->log.request_id[0] != 0)
        return failed(EF_AGAIN, "The log is being sent already.");
    ef_copy_text(a->messages->log.request_id, sizeof a->messages->log.request_id, c->request_id);
    ef_ring_range(a, &a->messages->log.next, &a->messages->log.last);
    return (outcome){.state = EF_ANSWER_ACCEPTED};
}

static outcome run_factory_reset(ef_agent *a, const ef_command *c, ef_json_writer *result)
{
    ef_json params, value;
    char confirm[65] = "";
    (void)result;
    if (ef_json_open(&params, c->params, strlen(c->params)) != EF_OK || ef_json_member(&params, "confirm", &value) != EF_OK ||
        ef_json_string(&value, confirm, sizeof confirm) != EF_OK || strcmp(confirm, a->identity.device_id) != 0)
        return failed(EF_BAD_ARGUMENT, "A factory reset is confirmed by the device's id.");
    if (a->state != EF_STATE_IDLE)
        return failed(EF_AGAIN, "An update is under way.");
    if (a->config.parts[EF_PART_RESET] == NULL)
        return failed(EF_NOT_FOUND, "This device cannot be reset.");
    a->reset_wanted = true;
    ef_event_happened(a, EF_EVENT_RESTART);
    return (outcome){.state = EF_ANSWER_ACCEPTED};
}

static outcome run_identify(ef_agent *a, const ef_command *c, ef_json_writer *result)
{
    (void)c, (void)result;
    if (a->config.identify == NULL)
        return failed(EF_NOT_FOUND, "The application does not show which device it is.");
    a->config.identify(a->config.app_ctx);
    return done;
}

static const struct {
    const char *name;
    outcome (*run)(ef_agent *a, const ef_command *c, ef_json_writer *result);
} built_in[] = {
    {"poll", run_poll},   {"status", run_status},
    {"restart", run_restart}, {"log", run_log},
    {"factory-reset", run_factory_reset}, {"identify", run_identify},
};

enum { BUILT_IN = sizeof built_in / sizeof built_in[0] };

static outcome run_status(ef_agent *a, const ef_command *c, ef_json_writer *result)
{
    (void)c;
    ef_device_status_write(a, result);
    ef_json_array(result, "actions");
    for (size_t i = 0; i < BUILT_IN; i++)
        ef_json_put_string(result, NULL, built_in[i].name);
    for (uint32_t i = 0; i < a->messages->action_count; i++)
        ef_json_put_string(result, NULL, a->messages->actions[i].name);
    ef_json_array_end(result);
    return done;
}

static size_t built_in_index(const char *name)
{
    size_t i = 0;
    while (i < BUILT_IN && strcmp(built_in[i].name, name) != 0)
        i++;
    return i;
}

static const ef_registered_action *registered(const ef_agent *a, const char *name)
{
    for (uint32_t i = 0; i < a->messages->action_count; i++)
        if (strcmp(a->messages->actions[i].name, name) == 0)
            return &a->messages->actions[i];
    return NULL;
}

ef_status ef_agent_action(ef_agent *a, const char *name, ef_action_fn run, void *ctx)
{
    if (a->messages == NULL)
        return EF_NOT_FOUND;
    if (name == NULL || run == NULL || name[0] == 0 || strlen(name) > EF_COMMAND_TEXT_CHARS ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != strlen(name))
        return EF_BAD_ARGUMENT;
    if (built_in_index(name) < BUILT_IN || registered(a, name) != NULL)
        return EF_BAD_ARGUMENT;
    if (a->messages->action_count == EF_ACTIONS)
        return EF_TOO_LARGE;
    a->messages->actions[a->messages->action_count++] = (ef_registered_action){.name = name, .run = run, .ctx = ctx};
    return EF_OK;
}

static outcome obey(ef_agent *a, const ef_command *c)
{
    char *text = (char *)a->rx + PARAMS_CAP;
    size_t cap = sizeof a->rx - PARAMS_CAP < RESULT_BYTES + 1 ? sizeof a->rx - PARAMS_CAP : RESULT_BYTES + 1;
    const ef_registered_action *app = registered(a, c->action);
    ef_json_writer w;
    outcome o;
    ef_json_begin(&w, text, cap);
    ef_json_object(&w, NULL);
    if (app == NULL) {
        o = built_in[built_in_index(c->action)].run(a, c, &w);
    } else {
        ef_status status = app->run(app->ctx, c->params, &w);
        o = status == EF_OK ? done : failed(status, NULL);
    }
    ef_json_object_end(&w);
    o.result = text;
    if (ef_json_end(&w, &o.result_len) != EF_OK && o.detail == NULL)
        o.detail = "The result was too large to be sent.";
    return o;
}

static ef_status judge(ef_agent *a, const char *text, size_t len, ef_nonce_window *window, ef_command *command)
{
    uint8_t secret[EF_COMMAND_SECRET_BYTES], record[EF_NONCE_RECORD_BYTES];
    size_t secret_len = 0, record_len = 0;
    ef_json json;
    memset(command, 0, sizeof *command);
    if (ef_json_open(&json, text, len) != EF_OK)
        return EF_COMMAND_INVALID;
    if (ef_base64url_decode(a->identity.command_secret, strlen(a->identity.command_secret), secret, sizeof secret, &secret_len) != EF_OK ||
        secret_len != sizeof secret)
        return EF_CRYPTO;
    /* A window that cannot be read could hide what was obeyed: nothing is obeyed then. */
    ef_status status = a->port->kv_get(a->port->ctx, window_key, record, sizeof record, &record_len);
    if (status == EF_NOT_FOUND)
        memset(window, 0, sizeof *window);
    else if (status != EF_OK || ef_nonce_read(window, record, record_len) != EF_OK)
        return EF_FLASH_FAILED;
    const ef_command_context context = {
        .device_id = a->identity.device_id,
        .secret = secret,
        .now_ms = a->clock.base_utc_ms == 0 ? 0 : ef_agent_utc_ms(a),
        .window = window,
    };
    status = ef_command_open(&json, &context, (char *)a->rx, PARAMS_CAP, command);
    memset(secret, 0, sizeof secret);
    if (status == EF_OK && built_in_index(command->action) == BUILT_IN && registered(a, command->action) == NULL)
        return EF_COMMAND_UNKNOWN;
    return status;
}

void ef_action_command(ef_agent *a, const char *text, size_t len)
{
    ef_nonce_window window;
    ef_command command;
    uint8_t record[EF_NONCE_RECORD_BYTES];
    outcome o;
    ef_status status = judge(a, text, len, &window, &command);
    if (status != EF_OK) {
        ef_log(a, EF_LOG_WARN, "command refused: %s", ef_status_code(status));
        if (status == EF_COMMAND_SIGNATURE || command.request_id[0] == 0)
            return; /* nobody who may ask has asked */
        bool ours = status >= EF_COMMAND_INVALID && status <= EF_COMMAND_UNKNOWN;
        o = (outcome){.state = ours ? EF_ANSWER_REFUSED : EF_ANSWER_FAILED, .error = status};
    } else if (a->port->kv_set(a->port->ctx, window_key, record, ef_nonce_write(&window, record)) != EF_OK) {
        o = failed(EF_FLASH_FAILED, "The nonce could not be stored, so the command was not obeyed.");
    } else {
        ef_log(a, EF_LOG_INFO, "command %s", command.action);
        o = obey(a, &command);
    }
    (void)answer(a, command.request_id, &o);
}
