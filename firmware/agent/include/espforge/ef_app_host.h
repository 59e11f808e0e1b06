/* For ports: what stands behind app.h. Applications do not include this. */
#ifndef EF_APP_HOST_H
#define EF_APP_HOST_H

#include "espforge/app.h"
#include "espforge/ef_agent.h"

typedef struct ef_app_command_entry {
    ef_app *app;
    ef_app_command run;
} ef_app_command_entry;

/* Zeroed and with its agent, before ef_app_setup. */
struct ef_app {
    ef_agent *agent;
    uint32_t command_count;
    ef_app_command_entry commands[EF_ACTIONS];
};

/* For ef_agent_config, with the ef_app as context: self_test, identify and add_status ask the application, when it has such a function. */
ef_status ef_app_ask_self_test(void *app);
void ef_app_ask_identify(void *app);
void ef_app_ask_status(void *app, ef_json_writer *out);

#endif
