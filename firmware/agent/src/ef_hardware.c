/* The silicon as the device reads it: docs/protocol.md section 1.4. */
#include "ef_parts.h"

static void put_text(ef_json_writer *w, const char *name, const char *text)
{
    if (text != NULL && text[0] != 0)
        ef_json_put_string(w, name, text);
}

void ef_hardware_write(const ef_agent *a, ef_json_writer *w)
{
    ef_facts facts;
    a->port->facts(a->port->ctx, &facts);
    const ef_hardware *h = facts.hardware;
    if (h == NULL)
        return;
    ef_json_object(w, "hardware");
    put_text(w, "chip", h->chip);
    put_text(w, "chipRevision", h->chip_revision);
    put_text(w, "package", h->package);
    if (h->flash_bytes > 0)
        ef_json_put_int(w, "flashBytes", h->flash_bytes);
    put_text(w, "flashMode", h->flash_mode);
    if (h->has_psram_bytes)
        ef_json_put_int(w, "psramBytes", h->psram_bytes);
    put_text(w, "psramMode", h->psram_mode);
    ef_json_object_end(w);
}
