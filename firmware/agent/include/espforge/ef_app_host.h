/* For ports: what stands behind app.h. Applications do not include this. */
#ifndef EF_APP_HOST_H
#define EF_APP_HOST_H

#include "espforge/app.h"
#include "espforge/ef_agent.h"

struct ef_app {
    ef_agent *agent;
};

/* For ef_agent_config.self_test with the ef_app as context: asks the application's ef_app_self_test, when it has one. */
ef_status ef_app_ask_self_test(void *app);

#endif
