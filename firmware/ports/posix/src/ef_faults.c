#include "ef_faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char page[] = "<html><body><h1>Welcome</h1>Please sign in to use this network.</body></html>";

bool ef_faults_parse(ef_faults *faults, const char *text)
{
    memset(faults, 0, sizeof *faults);
    faults->dice = 1;
    while (text != NULL && *text != 0) {
        size_t len = strcspn(text, ",");
        char item[32], extra;
        unsigned value = 0;
        if (len == 0 || len >= sizeof item)
            return false;
        memcpy(item, text, len);
        item[len] = 0;
        if (strcmp(item, "captive") == 0)
            faults->captive = true;
        else if (sscanf(item, "loss=%u%c", &value, &extra) == 1 && value <= 100)
            faults->loss_percent = value;
        else if (sscanf(item, "delay=%u%c", &value, &extra) == 1 && value <= 60000)
            faults->delay_ms = value;
        else if (sscanf(item, "cut=%u%c", &value, &extra) == 1 && value > 0)
            faults->cut_bytes = value;
        else if (sscanf(item, "seed=%u%c", &value, &extra) == 1)
            faults->dice = value;
        else
            return false;
        text += len + (text[len] == ',');
    }
    return true;
}

ef_status ef_faults_open(ef_faults *f, ef_channel channel, const ef_request *request, int64_t now_ms)
{
    memset(&f->channels[channel], 0, sizeof f->channels[channel]);
    f->channels[channel].opened_ms = now_ms;
    f->dice = f->dice * 1664525u + 1013904223u;
    if ((f->dice >> 16) % 100u < f->loss_percent)
        return EF_NETWORK;
    if (!f->captive)
        return EF_AGAIN;
    f->channels[channel].is_captive = request->link == EF_LINK_HTTP;
    return request->link == EF_LINK_HTTP ? EF_OK : EF_NETWORK;
}

ef_status ef_faults_read(ef_faults *f, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len, int64_t now_ms,
                         bool *handled)
{
    *len = 0;
    *handled = true;
    if (now_ms - f->channels[channel].opened_ms < f->delay_ms)
        return EF_AGAIN;
    if (f->cut_bytes > 0 && f->channels[channel].bytes >= f->cut_bytes)
        return EF_NETWORK;
    *handled = f->channels[channel].is_captive;
    if (!*handled)
        return EF_AGAIN;
    if (!f->channels[channel].head_told) {
        f->channels[channel].head_told = true;
        response->status = 200;
        response->content_length = sizeof page - 1;
        return EF_OK;
    }
    if (f->channels[channel].page_told)
        return EF_END;
    f->channels[channel].page_told = true;
    *len = sizeof page - 1 < cap ? sizeof page - 1 : cap;
    memcpy(out, page, *len);
    return EF_OK;
}

ef_status ef_faults_heard(ef_faults *f, ef_channel channel, ef_status status, size_t *len)
{
    if (f->cut_bytes == 0 || status != EF_OK)
        return status;
    uint32_t left = f->cut_bytes - f->channels[channel].bytes;
    if (*len > left)
        *len = left;
    f->channels[channel].bytes += (uint32_t)*len;
    return EF_OK;
}
