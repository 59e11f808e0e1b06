/* Any bytes as a record of the agent: the first byte says which. A device whose flash holds nonsense says so or goes on; it does nothing else. */
#include <stdlib.h>
#include <string.h>

#include "ef_parts.h"
#include "room.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TERMINATED(text)                              \
    do {                                              \
        if (memchr(text, 0, sizeof text) == NULL)     \
            abort();                                  \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[] = {"identity", "update", "progress", "time", "networks", "reset", "keys", "nonces", "links", "log0", "tm0", "app0"};
    static room r;
    ef_wifi wifi;
    if (size < 2 || size - 1 > EF_RECORD_BYTES)
        return 0;
    room_init(&r);
    r.networks[0] = (room_network){"Workshop", "correct horse", -48, false};
    if (r.port.kv_set(r.port.ctx, keys[data[0] % (sizeof keys / sizeof keys[0])], data + 1, size - 1) != EF_OK)
        abort();
    ef_status status = ef_agent_init(&r.agent, &r.port, &r.config, r.now_ms);
    if (status != EF_OK && status != EF_FLASH_FAILED)
        abort();
    if (status != EF_OK)
        return 0;
    TERMINATED(r.agent.identity.device_id);
    TERMINATED(r.agent.identity.device_key);
    TERMINATED(r.agent.identity.command_secret);
    TERMINATED(r.agent.identity.topic_root);
    TERMINATED(r.agent.record.done_offer_id);
    TERMINATED(r.agent.record.pending.offer_id);
    TERMINATED(r.agent.record.pending.version);
    ef_report report;
    if (ef_update_record_first(&r.agent, &report) == EF_OK) {
        TERMINATED(report.offer_id);
        TERMINATED(report.detail);
    }
    if (r.agent.networks->count > EF_NETWORKS_MAX)
        abort();
    room_run(&r, 3000);
    for (size_t i = 0; i < EF_NETWORKS_MAX; i++)
        if (ef_networks_get(&r.agent, i, &wifi) == EF_OK && ef_wifi_check(wifi.ssid, wifi.password) != EF_OK)
            abort();
    room_know(&r, "Workshop", "correct horse", 200);
    room_run(&r, 3000);
    return 0;
}
