/* The diagram of the agent's states is made from its table of transitions, and the table is looked over. */
#include <string.h>

#include "document.h"
#include "ef_parts.h"
#include "suites.h"

static const char *name_of(ef_state state)
{
    return ef_state_name(state);
}

static void the_diagram_in_docs_is_that_of_the_table(void **state)
{
    (void)state;
    static document doc;
    document_add(&doc,
                 "# States of the agent\n\n"
                 "Made from the table of transitions in `firmware/agent/src/ef_agent.c` by `firmware/tests/device/test_states.c`; the same test fails when\n"
                 "this page is no longer what the table says. An event that has no row for the present state is logged and changes nothing.\n\n"
                 "```mermaid\nstateDiagram-v2\n    [*] --> %s\n",
                 name_of(EF_STATE_STARTING));
    for (size_t i = 0; i < ef_transition_count; i++)
        document_add(&doc, "    %s --> %s: %s\n", name_of(ef_transitions[i].from), name_of(ef_transitions[i].to), ef_event_name(ef_transitions[i].event));
    document_add(&doc, "    %s --> [*]: restart\n```\n\n| from | event | to |\n| --- | --- | --- |\n", name_of(EF_STATE_REBOOTING));
    for (size_t i = 0; i < ef_transition_count; i++)
        document_add(&doc, "| %s | %s | %s |\n", name_of(ef_transitions[i].from), ef_event_name(ef_transitions[i].event), name_of(ef_transitions[i].to));
    document_check(&doc, "agent-states.md");
}

static void every_state_and_event_has_a_name_and_a_use(void **state)
{
    (void)state;
    for (int s = 0; s < EF_STATE_COUNT; s++) {
        assert_string_not_equal(name_of((ef_state)s), "unknown");
        bool used = false;
        for (size_t i = 0; i < ef_transition_count; i++)
            used = used || (int)ef_transitions[i].from == s || (int)ef_transitions[i].to == s;
        if (!used)
            fail_msg("state %s is in no transition", name_of((ef_state)s));
    }
    for (int e = 0; e < EF_EVENT_COUNT; e++) {
        bool used = false;
        if (strcmp(ef_event_name((ef_event)e), "unknown") == 0)
            fail_msg("event %d has no name", e);
        for (size_t i = 0; i < ef_transition_count; i++)
            used = used || (int)ef_transitions[i].event == e;
        if (!used)
            fail_msg("event %s is in no transition", ef_event_name((ef_event)e));
    }
}

static void no_event_leads_from_a_state_to_two(void **state)
{
    (void)state;
    for (size_t i = 0; i < ef_transition_count; i++)
        for (size_t j = i + 1; j < ef_transition_count; j++)
            if (ef_transitions[i].from == ef_transitions[j].from && ef_transitions[i].event == ef_transitions[j].event)
                fail_msg("%s in %s has two rows", ef_event_name(ef_transitions[i].event), name_of(ef_transitions[i].from));
}

static void every_state_is_reached_and_leads_to_rest_or_a_restart(void **state)
{
    (void)state;
    bool reached[EF_STATE_COUNT] = {[EF_STATE_STARTING] = true}, ends[EF_STATE_COUNT] = {[EF_STATE_IDLE] = true, [EF_STATE_REBOOTING] = true};
    for (int round = 0; round < EF_STATE_COUNT; round++) {
        for (size_t i = 0; i < ef_transition_count; i++) {
            reached[ef_transitions[i].to] |= reached[ef_transitions[i].from];
            ends[ef_transitions[i].from] |= ends[ef_transitions[i].to];
        }
    }
    for (int s = 0; s < EF_STATE_COUNT; s++)
        if (!reached[s] || !ends[s])
            fail_msg("%s is %s", name_of((ef_state)s), reached[s] ? "a dead end" : "never reached");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_diagram_in_docs_is_that_of_the_table),
        cmocka_unit_test(every_state_and_event_has_a_name_and_a_use),
        cmocka_unit_test(no_event_leads_from_a_state_to_two),
        cmocka_unit_test(every_state_is_reached_and_leads_to_rest_or_a_restart),
    };
    return cmocka_run_group_tests_name("states", tests, NULL, NULL);
}
