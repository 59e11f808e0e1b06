using System.Globalization;
using System.Text;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary><c>sdkconfig.defaults</c> of ESP-IDF, with the lines this plan needs: target, console, PSRAM, flash. What an eFuse decides is a comment with the command.</summary>
internal sealed class SdkConfig : IPinGenerator
{
    public string Id => "sdkconfig";

    public string Title => "ESP-IDF sdkconfig.defaults";

    public string FileName => "sdkconfig.defaults";

    public string MediaType => "text/plain";

    public CommentStyle Comments => CommentStyle.Hash;

    public string Write(PinSheet sheet, UserRegions regions)
    {
        var text = new StringBuilder();
        text.Append("# ").Append(PinNames.Comment(sheet.Opening)).Append('\n');
        text.Append("CONFIG_IDF_TARGET=\"").Append(sheet.Chip.Id).Append("\"\n");
        WriteConsole(text, sheet);
        WriteFlash(text, sheet);
        WritePsram(text, sheet);
        if (sheet.Plan.VddSpiMillivolts is { } millivolts)
            text.Append(CultureInfo.InvariantCulture, $"# The memory works at {millivolts} mV. An eFuse or a strapping pin decides that, not this file: espefuse.py set_flash_voltage {millivolts / 1000.0:0.0}V\n");
        foreach (var efuse in sheet.Plan.Efuses.Order(StringComparer.Ordinal))
            text.Append("# The plan counts on the burnt eFuse ").Append(PinNames.Comment(efuse)).Append(". Burning cannot be undone: espefuse.py burn_efuse ").Append(PinNames.Word(efuse)).Append(" 1\n");
        regions.Write(text, "sdkconfig");
        regions.WriteRest(text);
        return text.ToString();
    }

    private static void WriteConsole(StringBuilder text, PinSheet sheet)
    {
        switch (sheet.Console)
        {
            case PlanConsole.UsbSerialJtag:
                text.Append("CONFIG_ESP_CONSOLE_USB_SERIAL_JTAG=y\n");
                return;
            case PlanConsole.UsbOtg:
                text.Append("CONFIG_ESP_CONSOLE_USB_CDC=y\n");
                return;
            case PlanConsole.None:
                text.Append("CONFIG_ESP_CONSOLE_NONE=y\n");
                return;
        }

        var uart = PinBuses.Of(sheet).Find(bus => bus is { Peripheral: PinPeripheral.Uart, Index: 0 });
        var tx = uart?["tx"]?.Gpio ?? sheet.Chip.Console.Tx;
        var rx = uart?["rx"]?.Gpio ?? sheet.Chip.Console.Rx;
        if (tx == sheet.Chip.Console.Tx && rx == sheet.Chip.Console.Rx)
        {
            text.Append("CONFIG_ESP_CONSOLE_UART_DEFAULT=y\n");
            return;
        }

        text.Append("CONFIG_ESP_CONSOLE_UART_CUSTOM=y\nCONFIG_ESP_CONSOLE_UART_CUSTOM_NUM_0=y\n");
        text.Append(CultureInfo.InvariantCulture, $"CONFIG_ESP_CONSOLE_UART_TX_GPIO={tx}\nCONFIG_ESP_CONSOLE_UART_RX_GPIO={rx}\n");
    }

    private static void WriteFlash(StringBuilder text, PinSheet sheet)
    {
        if (sheet.Plan.FlashMode is { } mode)
        {
            text.Append(mode switch
            {
                FlashMode.Qio => "CONFIG_ESPTOOLPY_FLASHMODE_QIO=y\n",
                FlashMode.Qout => "CONFIG_ESPTOOLPY_FLASHMODE_QOUT=y\n",
                FlashMode.Dio => "CONFIG_ESPTOOLPY_FLASHMODE_DIO=y\n",
                FlashMode.Dout => "CONFIG_ESPTOOLPY_FLASHMODE_DOUT=y\n",
                _ => "CONFIG_ESPTOOLPY_OCT_FLASH=y\nCONFIG_ESPTOOLPY_FLASHMODE_OPI=y\n",
            });
        }

        if (sheet.Plan.Module is null && sheet.Board?.FlashBytes >> 20 is { } megabytes and (1 or 2 or 4 or 8 or 16 or 32 or 64 or 128))
            text.Append(CultureInfo.InvariantCulture, $"CONFIG_ESPTOOLPY_FLASHSIZE_{megabytes}MB=y\n");
    }

    private static void WritePsram(StringBuilder text, PinSheet sheet)
    {
        if (sheet.Psram is not { } psram || !sheet.Chip.Peripherals.Psram)
            return;
        if (psram == PsramMode.None)
        {
            text.Append("# CONFIG_SPIRAM is not set\n");
            return;
        }

        text.Append("CONFIG_SPIRAM=y\n");
        if (psram == PsramMode.Octal)
            text.Append("CONFIG_SPIRAM_MODE_OCT=y\n");
        else if (psram == PsramMode.Hex)
            text.Append("CONFIG_SPIRAM_MODE_HEX=y\n");
        else if (sheet.Chip.Id is "esp32s3")
            text.Append("CONFIG_SPIRAM_MODE_QUAD=y\n");
    }
}
