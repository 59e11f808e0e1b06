using System.Globalization;
using System.Text;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Sorts the uses of a plan into the components ESPHome has for them.</summary>
internal sealed class EspHomeComponents
{
    private readonly PinSheet _sheet;
    private readonly HashSet<int> _several;
    private readonly SortedDictionary<string, StringBuilder> _sections = new(StringComparer.Ordinal);
    private readonly HashSet<NamedUse> _placed = [];

    public EspHomeComponents(PinSheet sheet)
    {
        _sheet = sheet;
        _several = [.. sheet.Uses.GroupBy(use => use.Gpio).Where(group => group.Count() > 1).Select(group => group.Key)];
        foreach (var bus in PinBuses.Of(sheet))
            AddBus(bus);
        foreach (var use in sheet.Uses)
        {
            if (!_placed.Contains(use) && AddPart(use))
                _placed.Add(use);
        }

        Rest = [.. sheet.Uses.Where(use => !_placed.Contains(use))];
    }

    /// <summary>The top-level keys and what is under them.</summary>
    public IEnumerable<(string Domain, string Body)> Sections => _sections.Select(pair => (pair.Key, pair.Value.ToString()));

    /// <summary>The uses without a component.</summary>
    public IReadOnlyList<NamedUse> Rest { get; }

    /// <summary>The uses that are the logger's own.</summary>
    public List<NamedUse> OnConsole { get; } = [];

    private void AddBus(PinBus bus)
    {
        var id = "bus_" + PinNames.Word(bus.Name).ToLowerInvariant();
        switch (bus.Peripheral)
        {
            case PinPeripheral.I2c when bus.Has("sda", "scl"):
                var i2c = Item("i2c", $"- id: {id}");
                Pin(i2c, "    ", "sda", Take(bus, "sda"), withMode: false);
                Pin(i2c, "    ", "scl", Take(bus, "scl"), withMode: false);
                if ((bus["scl"]!.Use.FrequencyHz ?? bus["sda"]!.Use.FrequencyHz) is { } hertz)
                    i2c.Append(CultureInfo.InvariantCulture, $"    frequency: {hertz}Hz\n");
                PullFlag(i2c, "sda", bus["sda"]!);
                PullFlag(i2c, "scl", bus["scl"]!);
                break;
            case PinPeripheral.Spi when bus.Has("sck") && (bus["mosi"] ?? bus["miso"]) is not null:
                var spi = Item("spi", $"- id: {id}");
                if (bus.Index is 2 or 3 && bus.Index < 2 + _sheet.Chip.Peripherals.SpiGeneralPurpose && _sheet.Chip.Id is not "esp32")
                    spi.Append(CultureInfo.InvariantCulture, $"    interface: spi{bus.Index}\n");
                Pin(spi, "    ", "clk_pin", Take(bus, "sck"));
                Optional(spi, bus, "mosi_pin", "mosi");
                Optional(spi, bus, "miso_pin", "miso");
                break;
            case PinPeripheral.Uart when bus["tx"] is not null || bus["rx"] is not null:
                AddUart(bus, id);
                break;
            case PinPeripheral.Twai when bus.Has("tx", "rx"):
                var can = Item("canbus", "- platform: esp32_can", $"id: {id}", "can_id: 4", "bit_rate: 125kbps");
                Pin(can, "    ", "tx_pin", Take(bus, "tx"));
                Pin(can, "    ", "rx_pin", Take(bus, "rx"));
                break;
            case PinPeripheral.I2s when bus.Has("ws"):
                var i2s = Item("i2s_audio", $"- id: {id}");
                Pin(i2s, "    ", "i2s_lrclk_pin", Take(bus, "ws"));
                Optional(i2s, bus, "i2s_bclk_pin", "bclk");
                Optional(i2s, bus, "i2s_mclk_pin", "mclk");
                if (bus["dout"] is not null)
                    Pin(Item("speaker", "- platform: i2s_audio", $"i2s_audio_id: {id}", $"id: {id}_out", "dac_type: external"), "    ", "i2s_dout_pin", Take(bus, "dout"));
                if (bus["din"] is not null)
                    Pin(Item("microphone", "- platform: i2s_audio", $"i2s_audio_id: {id}", $"id: {id}_in", "adc_type: external"), "    ", "i2s_din_pin", Take(bus, "din"));
                break;
            case PinPeripheral.Camera when bus.Has("xclk", "siod", "sioc", "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "vsync", "href", "pclk"):
                AddCamera(bus);
                break;
            case PinPeripheral.Ethernet when bus.Has("mdc", "mdio") && _sheet.Chip.Peripherals.Emac:
                AddEthernet(bus);
                break;
        }
    }

    private void AddUart(PinBus bus, string id)
    {
        // The logger takes UART0 on its own pins; a component on the same UART would be refused.
        if (bus.Index == 0 && _sheet.Console == PlanConsole.Uart0
            && (bus["tx"]?.Gpio ?? _sheet.Chip.Console.Tx) == _sheet.Chip.Console.Tx && (bus["rx"]?.Gpio ?? _sheet.Chip.Console.Rx) == _sheet.Chip.Console.Rx)
        {
            foreach (var signal in new[] { "tx", "rx" })
            {
                if (bus[signal] is not null)
                    OnConsole.Add(Take(bus, signal));
            }

            return;
        }

        var uart = Item("uart", $"- id: {id}", "baud_rate: 115200");
        Optional(uart, bus, "tx_pin", "tx");
        Optional(uart, bus, "rx_pin", "rx");
    }

    private void AddCamera(PinBus bus)
    {
        var camera = Section("esp32_camera").Append("  name: \"camera\"\n  external_clock:\n");
        Pin(camera, "    ", "pin", Take(bus, "xclk"));
        camera.Append("    frequency: 20MHz\n  i2c_pins:\n");
        Pin(camera, "    ", "sda", Take(bus, "siod"), withMode: false);
        Pin(camera, "    ", "scl", Take(bus, "sioc"), withMode: false);
        camera.Append("  data_pins: [").AppendJoin(", ", Enumerable.Range(0, 8).Select(bit => "GPIO" + Take(bus, "d" + bit.ToString(CultureInfo.InvariantCulture)).Gpio.ToString(CultureInfo.InvariantCulture))).Append("]\n");
        Pin(camera, "  ", "vsync_pin", Take(bus, "vsync"));
        Pin(camera, "  ", "href_pin", Take(bus, "href"));
        Pin(camera, "  ", "pixel_clock_pin", Take(bus, "pclk"));
        if (bus["pwdn"] is not null)
            Pin(camera, "  ", "power_down_pin", Take(bus, "pwdn"));
        if (bus["reset"] is not null)
            Pin(camera, "  ", "reset_pin", Take(bus, "reset"));
    }

    private void AddEthernet(PinBus bus)
    {
        var ethernet = Section("ethernet").Append("  type: LAN8720\n");
        Pin(ethernet, "  ", "mdc_pin", Take(bus, "mdc"));
        Pin(ethernet, "  ", "mdio_pin", Take(bus, "mdio"));
        foreach (var (signal, mode) in new[] { ("ref_clk", "CLK_EXT_IN"), ("clk_out", "CLK_OUT") })
        {
            if (bus[signal] is null)
                continue;
            ethernet.Append("  clk:\n");
            Pin(ethernet, "    ", "pin", Take(bus, signal));
            ethernet.Append("    mode: ").Append(mode).Append('\n');
            break;
        }

        if (bus["power"] is not null)
            Pin(ethernet, "  ", "power_pin", Take(bus, "power"));
    }

    private bool AddPart(NamedUse use)
    {
        var function = PinFunction.Read(use.Use);
        var id = "id: " + PinNames.Lower(use.Identifier);
        var name = "name: " + PinNames.Yaml(use.Use.Name);
        switch (function.Peripheral)
        {
            case PinPeripheral.Ledc:
                var pwm = Item("output", "- platform: ledc", id);
                Pin(pwm, "    ", "pin", use);
                if (use.Use.FrequencyHz is { } hertz)
                    pwm.Append(CultureInfo.InvariantCulture, $"    frequency: {hertz}Hz\n");
                return true;
            case PinPeripheral.Dac when _sheet.Chip.Peripherals.DacChannels > 0:
                Pin(Item("output", "- platform: esp32_dac", id), "    ", "pin", use);
                return true;
            case PinPeripheral.Rmt when use.Direction == PinDirection.In:
                Symbols(Item("remote_receiver", "- " + id), use);
                return true;
            case PinPeripheral.Rmt:
                Symbols(Item("remote_transmitter", "- " + id, "carrier_duty_percent: 50%"), use);
                return true;
            case PinPeripheral.Pcnt:
                Pin(Item("sensor", "- platform: pulse_counter", id, name), "    ", "pin", use);
                return true;
            case PinPeripheral.Adc:
                Pin(Item("sensor", "- platform: adc", id, name, "attenuation: auto"), "    ", "pin", use);
                return true;
            case PinPeripheral.Touch when _sheet.Chip.Peripherals.TouchChannels > 0:
                if (!_sections.ContainsKey("esp32_touch"))
                    Section("esp32_touch").Append("  setup_mode: false\n");
                Pin(Item("binary_sensor", "- platform: esp32_touch", id, name, "threshold: 1000"), "    ", "pin", use);
                return true;
            case PinPeripheral.Part when IsWhole(use):
                return AddPlain(use, id, name);
            default:
                return false;
        }
    }

    private bool AddPlain(NamedUse use, string id, string name)
    {
        switch (use.Direction)
        {
            case PinDirection.Analog:
                Pin(Item("sensor", "- platform: adc", id, name, "attenuation: auto"), "    ", "pin", use);
                return true;
            case PinDirection.In:
                Pin(Item("binary_sensor", "- platform: gpio", id, name), "    ", "pin", use);
                return true;
            case PinDirection.Out when PinWords.IsAddressableLed(use.Use.Function):
                Symbols(Item("light", "- platform: esp32_rmt_led_strip", id, name, "chipset: ws2812", "rgb_order: GRB", "num_leds: 1"), use);
                return true;
            case PinDirection.Out:
                Pin(Item("output", "- platform: gpio", id), "    ", "pin", use);
                return true;
            case PinDirection.Io when PinFunction.Read(use.Use).Line == BusLine.OneWire:
                Pin(Item("one_wire", "- platform: gpio", id), "    ", "pin", use);
                return true;
            default:
                return false;
        }
    }

    private StringBuilder Section(string domain)
    {
        if (!_sections.TryGetValue(domain, out var text))
            _sections[domain] = text = new StringBuilder();
        return text;
    }

    private StringBuilder Item(string domain, params ReadOnlySpan<string> lines)
    {
        var text = Section(domain);
        for (var i = 0; i < lines.Length; i++)
            text.Append(i == 0 ? "  " : "    ").Append(lines[i]).Append('\n');
        return text;
    }

    private NamedUse Take(PinBus bus, string signal)
    {
        var use = bus[signal]!;
        _placed.Add(use);
        return use;
    }

    private void Optional(StringBuilder text, PinBus bus, string key, string signal)
    {
        if (bus[signal] is not null)
            Pin(text, "    ", key, Take(bus, signal));
    }

    private void Symbols(StringBuilder text, NamedUse use)
    {
        Pin(text, "    ", "pin", use);
        if (use.Use.RmtSymbols is { } symbols)
            text.Append(CultureInfo.InvariantCulture, $"    rmt_symbols: {symbols}\n");
    }

    // "lora nss" in one word is a line of a part that needs a driver, as it is in two.
    private static bool IsWhole(NamedUse use)
    {
        if (!string.IsNullOrEmpty(use.Use.Signal))
            return false;
        Span<char> buffer = stackalloc char[PinPlanReader.MaxText];
        var signal = PinFunction.Lower(PinFunction.SignalOf(use.Use), buffer);
        return signal.IsEmpty || !PinSignals.IsLineWord(signal) || signal is "sw" or "adc" or "voltage" or "sense" or "dq" || PinFunction.Read(use.Use).Line == BusLine.OneWire;
    }

    private static void PullFlag(StringBuilder text, string line, NamedUse use)
    {
        if (use.Use.Pull is { } pull)
            text.Append("    ").Append(line).Append("_pullup_enabled: ").Append(pull == PinPull.Up ? "true\n" : "false\n");
    }

    private void Pin(StringBuilder text, string indent, string key, NamedUse use, bool withMode = true)
    {
        var gpio = use.Gpio.ToString(CultureInfo.InvariantCulture);
        var mode = withMode && use.Use.Pull is PinPull.Up or PinPull.Down && use.Direction != PinDirection.Analog;
        var inverted = withMode && IsActiveLow(use);
        var shared = _several.Contains(use.Gpio);
        var accepted = _sheet.Plan.Overrides.Any(entry => entry.Rule is "strapping" or "PIN010" && entry.Gpios.Contains(use.Gpio));
        var drive = withMode && use.Direction is PinDirection.Out or PinDirection.Io ? use.Use.DriveMilliamps : null;
        if (!mode && !inverted && !shared && !accepted && drive is null)
        {
            text.Append(indent).Append(key).Append(": GPIO").Append(gpio).Append('\n');
            return;
        }

        text.Append(indent).Append(key).Append(":\n").Append(indent).Append("  number: GPIO").Append(gpio).Append('\n');
        if (mode)
        {
            text.Append(indent).Append("  mode:\n").Append(indent).Append(use.Direction == PinDirection.Out ? "    output: true\n" : "    input: true\n");
            if (use.Direction == PinDirection.Io)
                text.Append(indent).Append("    output: true\n");
            text.Append(indent).Append(use.Use.Pull == PinPull.Up ? "    pullup: true\n" : "    pulldown: true\n");
        }

        if (inverted)
            text.Append(indent).Append("  inverted: true\n");
        if (drive is { } milliamps)
            text.Append(indent).Append("  drive_strength: ").Append(milliamps switch { <= 5 => "5mA\n", <= 10 => "10mA\n", <= 20 => "20mA\n", _ => "40mA\n" });
        if (shared)
            text.Append(indent).Append("  allow_other_uses: true\n");
        if (accepted)
            text.Append(indent).Append("  ignore_strapping_warning: true\n");
    }

    // A button to ground with a pull-up, or a part the board's description calls active low.
    private bool IsActiveLow(NamedUse use)
    {
        if (!IsWhole(use) || PinFunction.Read(use.Use).Peripheral != PinPeripheral.Part)
            return false;
        return use.Direction switch
        {
            PinDirection.In => use.Use.Pull == PinPull.Up && PinWords.IsButton(use.Use.Function),
            PinDirection.Out => PinWords.IsLed(use.Use.Function) && _sheet.Board?.Onboard.Any(part => part.Gpio == use.Gpio && part.ActiveLow == true) == true,
            _ => false,
        };
    }
}
