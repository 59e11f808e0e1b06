/* Every part at once, for what has the room: the one file that names them all. */
#include "espforge/ef_agent.h"

void ef_use_all_parts(ef_agent_config *config, ef_all_parts *states)
{
    ef_ring_use(config, &states->ring);
    ef_reset_use(config);
    ef_networks_use(config, &states->networks);
    ef_provision_use(config, &states->provision);
    ef_messages_use(config, &states->messages);
    ef_telemetry_use(config, &states->telemetry);
    ef_sleep_use(config);
}
