/* Where the message links are: the addresses of the claim, as a record of their own beside the identity. They stay in flash; a link that is
 * opened reads them. */
#include <string.h>

#include "ef_parts.h"

static const char key[] = "links";

static const struct {
    ef_link link;
    const char *member, *plain, *secure;
} kinds[EF_LINKS] = {
    {EF_LINK_MQTT, "mqttUrl", "mqtt://", "mqtts://"},
    {EF_LINK_WEBSOCKET, "webSocketUrl", "ws://", "wss://"},
};

static bool is_url(size_t kind, const char *text)
{
    if (!ef_is_word(text))
        return false;
    size_t plain = strlen(kinds[kind].plain), secure = strlen(kinds[kind].secure), len = strlen(text);
    return (strncmp(text, kinds[kind].plain, plain) == 0 && len > plain) || (strncmp(text, kinds[kind].secure, secure) == 0 && len > secure);
}

/* An address that is none of ours, or too long, counts as not told: HTTPS always works. */
ef_status ef_links_store(ef_agent *a, const ef_json *claim)
{
    char url[EF_LINKS][EF_LINK_URL_CHARS + 1];
    memset(url, 0, sizeof url);
    bool any = false;
    for (size_t i = 0; i < EF_LINKS; i++) {
        ef_json value;
        if (ef_json_member(claim, kinds[i].member, &value) != EF_OK || ef_json_is_null(&value))
            continue;
        if (ef_json_string(&value, url[i], sizeof url[i]) != EF_OK || !is_url(i, url[i])) {
            ef_log(a, EF_LOG_WARN, "the claim's %s makes no sense", kinds[i].member);
            memset(url[i], 0, sizeof url[i]);
        }
        any = any || url[i][0] != 0;
    }
    return a->port->kv_set(a->port->ctx, key, (const uint8_t *)url, any ? sizeof url : 0);
}

ef_status ef_links_url(const ef_agent *a, ef_link link, char out[EF_LINK_URL_CHARS + 1])
{
    char url[EF_LINKS][EF_LINK_URL_CHARS + 1];
    size_t len;
    const char *said = link == EF_LINK_MQTT ? a->config.mqtt_url : a->config.web_socket_url;
    size_t kind = link == EF_LINK_MQTT ? 0 : 1;
    if (said != NULL) {
        if (strlen(said) > EF_LINK_URL_CHARS || !is_url(kind, said))
            return EF_BAD_ARGUMENT;
        ef_copy_text(out, EF_LINK_URL_CHARS + 1, said);
        return EF_OK;
    }
    if (a->port->kv_get(a->port->ctx, key, (uint8_t *)url, sizeof url, &len) != EF_OK || len != sizeof url || url[kind][0] == 0)
        return EF_NOT_FOUND;
    url[kind][EF_LINK_URL_CHARS] = 0;
    ef_copy_text(out, EF_LINK_URL_CHARS + 1, url[kind]);
    return EF_OK;
}
