#include "ef_improv_ble.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esp_log.h"
#include "host/ble_hs.h"
#include "host/util/util.h"
#include "nimble/nimble_port.h"
#include "nimble/nimble_port_freertos.h"
#include "services/gap/ble_svc_gap.h"
#include "services/gatt/ble_svc_gatt.h"

#define SERVICE_DATA_UUID 0x4677
#define NOBODY BLE_HS_CONN_HANDLE_NONE

typedef struct written {
    uint16_t len;
    uint8_t data[EF_IMPROV_VALUE_BYTES];
} written;

static const char tag[] = "espforge";

/* NimBLE's callbacks at its start have no context, and its tables must outlive it; the chip has one radio. */
static ef_improv_ble *only;
static uint8_t address_type;
static ble_uuid128_t uuids[EF_IMPROV_CHARACTERISTICS + 1]; /* 0: the service */
static uint16_t handles[EF_IMPROV_CHARACTERISTICS + 1];
static struct ble_gatt_chr_def characteristics[EF_IMPROV_CHARACTERISTICS + 1];
static struct ble_gatt_svc_def services[2];

static void advertise(void);

static int on_access(uint16_t connection, uint16_t handle, struct ble_gatt_access_ctxt *ctxt, void *argument)
{
    size_t which = (size_t)(uintptr_t)argument;
    (void)connection, (void)handle;
    if (ctxt->op == BLE_GATT_ACCESS_OP_WRITE_CHR && which == EF_IMPROV_COMMAND) {
        written w;
        if (OS_MBUF_PKTLEN(ctxt->om) > sizeof w.data || ble_hs_mbuf_to_flat(ctxt->om, w.data, sizeof w.data, &w.len) != 0)
            return BLE_ATT_ERR_INVALID_ATTR_VALUE_LEN;
        return xQueueSend(only->writes, &w, 0) == pdTRUE ? 0 : BLE_ATT_ERR_INSUFFICIENT_RES;
    }
    if (ctxt->op != BLE_GATT_ACCESS_OP_READ_CHR)
        return BLE_ATT_ERR_UNLIKELY;
    (void)xSemaphoreTake(only->lock, portMAX_DELAY);
    int error = os_mbuf_append(ctxt->om, only->value[which - 1], (uint16_t)only->len[which - 1]);
    (void)xSemaphoreGive(only->lock);
    return error == 0 ? 0 : BLE_ATT_ERR_INSUFFICIENT_RES;
}

static void make_tables(void)
{
    for (uint8_t i = 0; i <= EF_IMPROV_CHARACTERISTICS; i++) {
        uuids[i].u.type = BLE_UUID_TYPE_128;
        ef_improv_uuid(i, uuids[i].value);
    }
    for (uint8_t i = EF_IMPROV_STATE; i <= EF_IMPROV_CAPABILITIES; i++) {
        ble_gatt_chr_flags flags = i == EF_IMPROV_COMMAND        ? BLE_GATT_CHR_F_WRITE | BLE_GATT_CHR_F_WRITE_NO_RSP
                                   : i == EF_IMPROV_CAPABILITIES ? BLE_GATT_CHR_F_READ
                                                                 : BLE_GATT_CHR_F_READ | BLE_GATT_CHR_F_NOTIFY;
        characteristics[i - 1] = (struct ble_gatt_chr_def){
            .uuid = &uuids[i].u, .access_cb = on_access, .arg = (void *)(uintptr_t)i, .flags = flags, .val_handle = &handles[i]};
    }
    services[0] = (struct ble_gatt_svc_def){.type = BLE_GATT_SVC_TYPE_PRIMARY, .uuid = &uuids[0].u, .characteristics = characteristics};
}

static int on_gap(struct ble_gap_event *event, void *argument)
{
    (void)argument;
    switch (event->type) {
    case BLE_GAP_EVENT_CONNECT:
        if (event->connect.status != 0) {
            advertise();
            break;
        }
        atomic_store(&only->connection, event->connect.conn_handle);
        atomic_fetch_add(&only->connections, 1);
        break;
    case BLE_GAP_EVENT_DISCONNECT:
        atomic_store(&only->connection, NOBODY);
        advertise();
        break;
    case BLE_GAP_EVENT_ADV_COMPLETE:
        advertise();
        break;
    default:
        break;
    }
    return 0;
}

/* Flags, the service's UUID and its state fill the 31 bytes; the name goes into the answer to a scan. */
static void advertise(void)
{
    uint8_t data[8] = {SERVICE_DATA_UUID & 0xFF, SERVICE_DATA_UUID >> 8};
    (void)xSemaphoreTake(only->lock, portMAX_DELAY);
    memcpy(data + 2, only->service_data, sizeof only->service_data);
    (void)xSemaphoreGive(only->lock);
    const struct ble_hs_adv_fields fields = {
        .flags = BLE_HS_ADV_F_DISC_GEN | BLE_HS_ADV_F_BREDR_UNSUP,
        .uuids128 = &uuids[0],
        .num_uuids128 = 1,
        .uuids128_is_complete = 1,
        .svc_data_uuid16 = data,
        .svc_data_uuid16_len = sizeof data,
    };
    const struct ble_hs_adv_fields answer = {
        .name = (const uint8_t *)only->name, .name_len = (uint8_t)strlen(only->name), .name_is_complete = 1};
    const struct ble_gap_adv_params how = {.conn_mode = BLE_GAP_CONN_MODE_UND, .disc_mode = BLE_GAP_DISC_MODE_GEN};
    if (!only->is_open || ble_gap_adv_set_fields(&fields) != 0 || ble_gap_adv_rsp_set_fields(&answer) != 0)
        return;
    int error = ble_gap_adv_start(address_type, NULL, BLE_HS_FOREVER, &how, on_gap, NULL);
    if (error != 0 && error != BLE_HS_EALREADY)
        ESP_LOGW(tag, "BLE: advertising answers %d", error);
}

static void on_sync(void)
{
    if (ble_hs_util_ensure_addr(0) == 0 && ble_hs_id_infer_auto(0, &address_type) == 0)
        advertise();
}

static void host(void *argument)
{
    (void)argument;
    nimble_port_run(); /* until nimble_port_stop */
    nimble_port_freertos_deinit();
}

ef_status ef_improv_ble_open(ef_improv_ble *ble, struct ef_agent *agent, const char *name)
{
    if (ble->is_open)
        return EF_OK;
    ble->agent = agent;
    (void)snprintf(ble->name, sizeof ble->name, "%.28s", name); /* 31 bytes of a scan answer, less the field's head */
    if (ble->lock == NULL)
        ble->lock = xSemaphoreCreateMutex();
    if (ble->writes == NULL)
        ble->writes = xQueueCreate(EF_IMPROV_BLE_WRITES, sizeof(written));
    if (ble->lock == NULL || ble->writes == NULL || nimble_port_init() != ESP_OK)
        return EF_NETWORK;
    only = ble;
    atomic_store(&ble->connection, NOBODY);
    ef_improv_begin(&ble->improv, agent, false);
    ef_improv_service_data(&ble->improv, ble->service_data);
    ble->len[EF_IMPROV_CAPABILITIES - 1] = 1;
    ble->value[EF_IMPROV_CAPABILITIES - 1][0] = ef_improv_capabilities(&ble->improv);
    ble->len[EF_IMPROV_STATE - 1] = 1;
    ble->value[EF_IMPROV_STATE - 1][0] = ef_improv_state(&ble->improv);
    ble->len[EF_IMPROV_ERROR - 1] = 1;
    ble->value[EF_IMPROV_ERROR - 1][0] = 0;
    make_tables();
    ble_svc_gap_init();
    ble_svc_gatt_init();
    if (ble_gatts_count_cfg(services) != 0 || ble_gatts_add_svcs(services) != 0 || ble_svc_gap_device_name_set(ble->name) != 0) {
        (void)nimble_port_deinit();
        return EF_NETWORK;
    }
    ble_hs_cfg.sync_cb = on_sync;
    ble->is_open = true;
    nimble_port_freertos_init(host);
    return EF_OK;
}

void ef_improv_ble_close(ef_improv_ble *ble)
{
    if (!ble->is_open)
        return;
    ble->is_open = false;
    if (nimble_port_stop() == 0)
        (void)nimble_port_deinit();
    (void)xQueueReset(ble->writes);
}

/* The state is also advertised, so that a phone sees it before it connects. */
static void advertise_anew(ef_improv_ble *ble)
{
    uint8_t now[6];
    ef_improv_service_data(&ble->improv, now);
    if (memcmp(now, ble->service_data, sizeof now) == 0)
        return;
    (void)xSemaphoreTake(ble->lock, portMAX_DELAY);
    memcpy(ble->service_data, now, sizeof now);
    (void)xSemaphoreGive(ble->lock);
    if (ble_gap_adv_active() && ble_gap_adv_stop() == 0)
        advertise();
}

void ef_improv_ble_step(ef_improv_ble *ble)
{
    written w;
    if (!ble->is_open)
        return;
    if (ble->known != atomic_load(&ble->connections)) {
        ble->known = atomic_load(&ble->connections);
        ef_improv_begin(&ble->improv, ble->agent, false);
    }
    while (xQueueReceive(ble->writes, &w, 0) == pdTRUE)
        ef_improv_write(&ble->improv, w.data, w.len);
    ef_improv_characteristic which;
    uint8_t value[EF_IMPROV_VALUE_BYTES];
    for (size_t len = ef_improv_value(&ble->improv, &which, value); len > 0; len = ef_improv_value(&ble->improv, &which, value)) {
        (void)xSemaphoreTake(ble->lock, portMAX_DELAY);
        memcpy(ble->value[which - 1], value, len);
        ble->len[which - 1] = len;
        (void)xSemaphoreGive(ble->lock);
        uint16_t connection = (uint16_t)atomic_load(&ble->connection);
        struct os_mbuf *packet = connection == NOBODY ? NULL : ble_hs_mbuf_from_flat(value, (uint16_t)len);
        if (packet != NULL)
            (void)ble_gatts_notify_custom(connection, handles[which], packet); /* takes the packet, whatever it answers */
    }
    advertise_anew(ble);
}
