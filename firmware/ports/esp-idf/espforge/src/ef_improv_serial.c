#include "ef_improv_serial.h"

#include <string.h>

#include "sdkconfig.h"

#define BUFFER_BYTES 512 /* a frame and more */

void ef_improv_serial_step(ef_improv_serial *line)
{
    uint8_t in[64];
    if (line->receive == NULL)
        return;
    for (int n = line->receive(in, sizeof in); n > 0; n = n == (int)sizeof in ? line->receive(in, sizeof in) : 0)
        ef_improv_feed(&line->improv, in, (size_t)n);
    for (;;) {
        if (line->from == line->to) {
            line->from = 0;
            line->to = ef_improv_frame(&line->improv, line->out);
            if (line->to == 0)
                return;
        }
        int n = line->transmit(line->out + line->from, line->to - line->from);
        if (n <= 0)
            return;
        line->from += (size_t)n;
    }
}

#if CONFIG_ESPFORGE_IMPROV_UART || CONFIG_ESPFORGE_IMPROV_USB
static void begin(ef_improv_serial *line, struct ef_agent *agent, int (*receive)(uint8_t *, size_t), int (*transmit)(const uint8_t *, size_t))
{
    memset(line, 0, sizeof *line);
    line->receive = receive;
    line->transmit = transmit;
    ef_improv_begin(&line->improv, agent, true);
}
#endif

#if CONFIG_ESPFORGE_IMPROV_UART

#include "driver/uart.h"
#include "driver/uart_vfs.h"

#define PORT CONFIG_ESP_CONSOLE_UART_NUM

static int uart_receive(uint8_t *data, size_t cap)
{
    return uart_read_bytes(PORT, data, (uint32_t)cap, 0);
}

static int uart_transmit(const uint8_t *data, size_t len)
{
    size_t room = 0;
    if (uart_get_tx_buffer_free_size(PORT, &room) != ESP_OK || room == 0)
        return 0;
    return uart_write_bytes(PORT, data, len < room ? len : room); /* would wait for room beyond that */
}

esp_err_t ef_improv_uart_open(ef_improv_serial *line, struct ef_agent *agent)
{
    esp_err_t error = uart_is_driver_installed(PORT) ? ESP_OK : uart_driver_install(PORT, BUFFER_BYTES, 2 * BUFFER_BYTES, 0, NULL, 0);
    if (error != ESP_OK)
        return error;
    uart_vfs_dev_use_driver(PORT); /* the console's lines do not get into a frame's middle */
    begin(line, agent, uart_receive, uart_transmit);
    return ESP_OK;
}

#endif

#if CONFIG_ESPFORGE_IMPROV_USB

#include "driver/usb_serial_jtag.h"
#include "driver/usb_serial_jtag_vfs.h"

static int usb_receive(uint8_t *data, size_t cap)
{
    return usb_serial_jtag_read_bytes(data, (uint32_t)cap, 0);
}

static int usb_transmit(const uint8_t *data, size_t len)
{
    return usb_serial_jtag_is_connected() ? usb_serial_jtag_write_bytes(data, len, 0) : (int)len; /* nobody listens: let it go */
}

esp_err_t ef_improv_usb_open(ef_improv_serial *line, struct ef_agent *agent)
{
    usb_serial_jtag_driver_config_t config = {.tx_buffer_size = 2 * BUFFER_BYTES, .rx_buffer_size = BUFFER_BYTES};
    esp_err_t error = usb_serial_jtag_is_driver_installed() ? ESP_OK : usb_serial_jtag_driver_install(&config);
    if (error != ESP_OK)
        return error;
    usb_serial_jtag_vfs_use_driver();
    begin(line, agent, usb_receive, usb_transmit);
    return ESP_OK;
}

#endif
