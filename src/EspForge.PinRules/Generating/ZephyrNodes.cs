using System.Globalization;
using System.Text;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>The nodes of the overlay, by the place they go to.</summary>
internal sealed class ZephyrNodes
{
    private const int MaxPropertyStem = 25;

    private readonly PinSheet _sheet;
    private readonly HashSet<NamedUse> _placed = [];
    private readonly HashSet<string> _properties = new(StringComparer.Ordinal);
    private readonly List<string> _channels = [];
    private readonly SortedDictionary<int, SortedDictionary<int, int>> _adc = [];
    private readonly List<string> _sent = [];
    private readonly List<string> _received = [];
    private readonly List<string> _counters = [];
    private readonly List<int> _dac = [];
    private readonly StringBuilder _units = new();
    private int _leds;
    private int _keys;

    public ZephyrNodes(PinSheet sheet)
    {
        _sheet = sheet;
        Console = sheet.Console switch
        {
            PlanConsole.Uart0 => "uart0",
            PlanConsole.UsbSerialJtag when sheet.Chip.Peripherals.UsbSerialJtag => "usb_serial",
            _ => null,
        };
        var ledc = new List<NamedUse>();
        foreach (var bus in PinBuses.Of(sheet))
            AddBus(bus, ledc);
        AddShared();
        AddLedc(ledc);
        foreach (var use in sheet.Uses.Where(use => !_placed.Contains(use)))
            AddPart(use);
        AddAdc();
    }

    public string? Console { get; }

    public StringBuilder Aliases { get; } = new();

    public StringBuilder Leds { get; } = new();

    public StringBuilder Keys { get; } = new();

    public StringBuilder User { get; } = new();

    public StringBuilder PinControl { get; } = new();

    public StringBuilder Peripherals { get; } = new();

    private void AddBus(PinBus bus, List<NamedUse> ledc)
    {
        var count = _sheet.Chip.Peripherals;
        switch (bus.Peripheral)
        {
            case PinPeripheral.Uart when bus.Index < count.Uart && (bus["tx"] ?? bus["rx"]) is not null:
                var uart = Node("uart", bus.Index);
                Enable(uart, "current-speed = <115200>;", ("\t\t\toutput-high;\n", Mux(bus, uart, ZephyrMatrix.UartDriven(_sheet.Chip.Id, bus.Index))), ("\t\t\tbias-pull-up;\n", Mux(bus, uart, ZephyrMatrix.UartRead(_sheet.Chip.Id, bus.Index))));
                break;
            case PinPeripheral.I2c when bus.Index < count.I2c && bus.Has("sda", "scl"):
                var i2c = Node("i2c", bus.Index);
                var hertz = bus["scl"]!.Use.FrequencyHz ?? bus["sda"]!.Use.FrequencyHz ?? 100_000;
                Enable(i2c, string.Create(CultureInfo.InvariantCulture, $"clock-frequency = <{hertz}>;"), ("\t\t\tbias-pull-up;\n\t\t\tdrive-open-drain;\n\t\t\toutput-high;\n", Mux(bus, i2c, ("sda", "SDA"), ("scl", "SCL"))));
                break;
            case PinPeripheral.Spi when bus.Index >= 2 && bus.Index < 2 + count.SpiGeneralPurpose && bus.Has("sck"):
                var spi = Node("spi", bus.Index);
                var macro = Node("spim", bus.Index);
                Enable(spi, "", ("", Mux(bus, macro, ("miso", "MISO"), ("sck", "SCLK"), ("cs", "CSEL"), ("cs1", "CSEL1"), ("cs2", "CSEL2"))), ("\t\t\toutput-low;\n", Mux(bus, macro, ("mosi", "MOSI"))));
                break;
            case PinPeripheral.Twai when ZephyrMatrix.Twai(_sheet.Chip.Id, bus.Index) is { } twai && bus.Has("tx", "rx"):
                Enable(twai.Node, "", ("", Mux(bus, twai.Stem, ("tx", "TX"), ("rx", "RX"))));
                break;
            case PinPeripheral.I2s when ZephyrMatrix.I2s(_sheet.Chip.Id, bus.Index, count.I2s) is { } i2s && bus["ws"] is not null:
                AddI2s(bus, i2s.Node, i2s.Stem);
                break;
            case PinPeripheral.Mcpwm when ZephyrMatrix.HasMotorPwm(_sheet.Chip.Id, bus.Index):
                AddMotorPwm(bus);
                break;
            case PinPeripheral.Pcnt when ZephyrMatrix.HasCounter(_sheet.Chip.Id, bus.Index):
                AddCounter(bus);
                break;
            case PinPeripheral.Rmt:
                AddRmt(bus);
                break;
            case PinPeripheral.Sdmmc when SdSlot(bus) is { } slot:
                Enable(Node("sdhc", slot), SdWidth(bus), ("\t\t\tbias-pull-up;\n\t\t\toutput-high;\n", Mux(bus, Node("sdhc", slot), ZephyrMatrix.SdHost)));
                break;
            case PinPeripheral.Camera when _sheet.Chip.Id is "esp32s3" && bus.Has("pclk", "vsync"):
                Enable("lcd_cam", "", ("", Mux(bus, "lcd_cam", signal => signal is "xclk" ? null : ZephyrMatrix.Camera(signal))), ("\t\t\toutput-enable;\n", Mux(bus, "lcd_cam", signal => signal is "xclk" ? ZephyrMatrix.Camera(signal) : null)));
                break;
            case PinPeripheral.Ethernet when count.Emac && bus.Has("mdc", "mdio"):
                AddEthernet(bus);
                break;
            case PinPeripheral.Dac:
                AddDac(bus);
                break;
            case PinPeripheral.Ledc when bus.Index < count.LedcChannels:
                foreach (var (_, use) in bus.Lines.Take(1).Where(line => Exists(line.Use)))
                {
                    ledc.Add(use);
                    _placed.Add(use);
                    _channels.Add(bus.Index.ToString(CultureInfo.InvariantCulture));
                }

                break;
        }
    }

    private void AddLedc(List<NamedUse> uses)
    {
        if (uses.Count == 0)
            return;
        var mux = uses.Select((use, i) => string.Create(CultureInfo.InvariantCulture, $"<LEDC_CH{_channels[i]}_GPIO{use.Gpio}>")).ToList();
        var timers = Math.Max(1, _sheet.Chip.Peripherals.LedcTimers);
        var channels = new StringBuilder("#address-cells = <1>;\n\t#size-cells = <0>;\n");
        for (var i = 0; i < uses.Count; i++)
            channels.Append(CultureInfo.InvariantCulture, $"\tchannel{_channels[i]}@{int.Parse(_channels[i], CultureInfo.InvariantCulture):x} {{\n\t\treg = <{_channels[i]}>;\n\t\ttimer = <{i % timers}>;\n\t}};\n");
        Enable("ledc0", channels.ToString().TrimEnd(), ("\t\t\toutput-enable;\n", mux));
    }

    // The receiver shares the clocks of the transmitter, where there is one.
    private void AddI2s(PinBus bus, string node, string stem)
    {
        var side = bus["dout"] is null && bus["din"] is not null ? "I" : "O";
        var lines = new List<(string, string)> { ("bclk", side + "_BCK"), ("ws", side + "_WS"), ("dout", "O_SD"), ("din", "I_SD") };
        if (ZephyrMatrix.HasMasterClock(_sheet.Chip.Id))
            lines.Insert(0, ("mclk", "MCLK"));
        Enable(node, "", ("", Mux(bus, stem, [.. lines])));
    }

    // Lines without a word take the outputs that are left, in order.
    private void AddMotorPwm(PinBus bus)
    {
        var stem = Node("mcpwm", bus.Index);
        var left = new Queue<string>(new[] { "OUT0A", "OUT0B", "OUT1A", "OUT1B", "OUT2A", "OUT2B" }.Except(bus.Lines.Select(line => ZephyrMatrix.MotorPwm(line.Signal) ?? ""), StringComparer.Ordinal));
        var driven = new List<string>();
        var read = new List<string>();
        foreach (var (signal, use) in bus.Lines.Where(line => Exists(line.Use)))
        {
            var word = ZephyrMatrix.MotorPwm(signal) ?? (signal.Length == 0 && left.Count > 0 ? left.Dequeue() : null);
            if (word is null)
                continue;
            _placed.Add(use);
            (word.StartsWith("OUT", StringComparison.Ordinal) ? driven : read).Add(Macro(stem, word, use));
        }

        if (driven.Count + read.Count > 0)
            Enable(stem, "", ("\t\t\toutput-enable;\n", driven), ("", read));
    }

    private void AddCounter(PinBus bus)
    {
        var mux = Mux(bus, Node("pcnt", bus.Index), ZephyrMatrix.Counter);
        if (mux.Count == 0)
            return;
        _counters.AddRange(mux);
        var control = bus.Lines.Any(line => ZephyrMatrix.Counter(line.Signal) is "CH0CTRL");
        _units.Append(CultureInfo.InvariantCulture, $"\n\tunit{bus.Index}@{bus.Index} {{\n\t\treg = <{bus.Index}>;\n\t\t#address-cells = <1>;\n\t\t#size-cells = <0>;\n\n");
        _units.Append("\t\tchannelA@0 {\n\t\t\treg = <0>;\n\t\t\tsig-pos-mode = <1>;\n\t\t\tsig-neg-mode = <0>;\n\t\t\tctrl-h-mode = <0>;\n\t\t\tctrl-l-mode = <").Append(control ? 1 : 0).Append(">;\n\t\t};\n\t};\n");
    }

    private void AddRmt(PinBus bus)
    {
        var (senders, receivers) = ZephyrMatrix.Rmt(_sheet.Chip.Id);
        foreach (var (signal, use) in bus.Lines.Where(line => Exists(line.Use)))
        {
            var receives = signal is "rx" or "in" || use.Direction == PinDirection.In;

            // Where channels have one direction each, those that receive come after those that send.
            var channel = receives && bus.Index >= receivers ? bus.Index - senders : bus.Index;
            if (channel < 0 || channel >= (receives ? receivers : senders))
                continue;
            _placed.Add(use);
            (receives ? _received : _sent).Add(Macro("rmt", Node(receives ? "IN" : "OUT", channel), use));
        }
    }

    private void AddShared()
    {
        if (_sent.Count + _received.Count > 0)
            Enable("rmt", "", ("\t\t\toutput-enable;\n", _sent), ("", _received));
        if (_counters.Count > 0)
            Enable("pcnt", "#address-cells = <1>;\n\t#size-cells = <0>;\n" + _units.ToString().TrimEnd(), ("", _counters));
        if (_dac.Count > 0)
        {
            Peripherals.Append("\n&dac {\n\tstatus = \"okay\";\n};\n");
            User.Append("\t\tdac = <&dac>;\n\t\tdac-channel-id = <").Append(_dac[0]).Append(">;\n\t\tdac-resolution = <8>;\n");
        }
    }

    private int? SdSlot(PinBus bus)
    {
        var slot = _sheet.Chip.Id is "esp32p4" ? 1 : bus.Index;
        return ZephyrMatrix.HasSdHost(_sheet.Chip.Id, slot) && bus.Lines.Any(line => ZephyrMatrix.SdHost(line.Signal) is "CLKOUT") ? slot : null;
    }

    private static string SdWidth(PinBus bus) => bus.Lines.Any(line => ZephyrMatrix.SdHost(line.Signal) is "DATA3") ? "bus-width = <4>;" : "bus-width = <1>;";

    // The management lines go through the matrix; the data lines are wired to pads: fixed ones on ESP32, a choice on ESP32-P4.
    private void AddEthernet(PinBus bus)
    {
        Enable("mdio", "", ("", Mux(bus, "smi", ("mdc", "MDC"), ("mdio", "MDIO"))));
        var data = _sheet.Chip.Id is "esp32p4" ? Mux(bus, "rmii", ZephyrMatrix.Rmii) : [];
        if (data.Count > 0)
        {
            Enable("eth", "phy-connection-type = \"rmii\";", ("", data));
            return;
        }

        var clock = bus["clk_out"];
        foreach (var (signal, use) in bus.Lines.Where(line => ZephyrMatrix.Rmii(line.Signal) is not null || line.Signal is "clk_out"))
            _placed.Add(use);
        Peripherals.Append("\n&eth {\n\tstatus = \"okay\";\n\tphy-connection-type = \"rmii\";\n");
        if (clock is not null && Exists(clock))
            Peripherals.Append(CultureInfo.InvariantCulture, $"\tref-clk-output-gpios = <{Gpio(clock, low: false)}>;\n");
        Peripherals.Append("};\n");
    }

    private void AddDac(PinBus bus)
    {
        foreach (var (_, use) in bus.Lines)
        {
            if (_sheet.Chip.FindPin(use.Gpio)?.Dac is not { } channel)
                continue;
            _dac.Add(channel);
            _placed.Add(use);
        }
    }

    private void AddPart(NamedUse use)
    {
        if (!Exists(use))
        {
            User.Append(CultureInfo.InvariantCulture, $"\t\t/* {PinNames.Comment(use.Use.Name)} is on GPIO{use.Gpio}, which this chip does not have. */\n");
            return;
        }

        var function = PinFunction.Read(use.Use);
        var node = PinNames.Lower(use.Identifier);
        if (function.Peripheral == PinPeripheral.Adc || function.Peripheral == PinPeripheral.Part && use.Direction == PinDirection.Analog)
        {
            foreach (var channel in _sheet.Chip.Adc.Where(channel => channel.Gpio == use.Gpio).Take(1))
            {
                if (!_adc.TryGetValue(channel.Unit - 1, out var channels))
                    _adc[channel.Unit - 1] = channels = [];
                channels[channel.Channel] = use.Gpio;
                return;
            }
        }

        if (function.Peripheral == PinPeripheral.Part && use.Direction == PinDirection.Out && PinWords.IsLed(use.Use.Function))
        {
            Start(Leds, "gpio-leds");
            Aliases.Append(CultureInfo.InvariantCulture, $"\t\tled{_leds++} = &{node};\n");
            var low = _sheet.Board?.Onboard.Any(part => part.Gpio == use.Gpio && part.ActiveLow == true) == true;
            Leds.Append(CultureInfo.InvariantCulture, $"\t\t{node}: {node} {{\n\t\t\tgpios = <{Gpio(use, low)}>;\n\t\t\tlabel = {PinNames.Dts(use.Use.Name)};\n\t\t}};\n");
        }
        else if (function.Peripheral == PinPeripheral.Part && use.Direction == PinDirection.In && PinWords.IsButton(use.Use.Function))
        {
            Start(Keys, "gpio-keys");
            Aliases.Append(CultureInfo.InvariantCulture, $"\t\tsw{_keys} = &{node};\n");
            Keys.Append(CultureInfo.InvariantCulture, $"\t\t{node}: {node} {{\n\t\t\tgpios = <{Gpio(use, use.Use.Pull == PinPull.Up)}>;\n\t\t\tlabel = {PinNames.Dts(use.Use.Name)};\n\t\t\tzephyr,code = <INPUT_KEY_{_keys++ % 10}>;\n\t\t}};\n");
        }
        else
        {
            User.Append(CultureInfo.InvariantCulture, $"\t\t{Property(node)}-gpios = <{Gpio(use, low: false)}>; /* {PinNames.Comment(use.Remark)} */\n");
        }
    }

    private void AddAdc()
    {
        var channels = new List<string>();
        foreach (var (unit, pins) in _adc)
        {
            Peripherals.Append(CultureInfo.InvariantCulture, $"\n&adc{unit} {{\n\tstatus = \"okay\";\n\t#address-cells = <1>;\n\t#size-cells = <0>;\n");
            foreach (var (channel, gpio) in pins)
            {
                channels.Add(string.Create(CultureInfo.InvariantCulture, $"<&adc{unit} {channel}>"));
                Peripherals.Append(CultureInfo.InvariantCulture, $"\n\tchannel@{channel:x} {{ /* GPIO{gpio} */\n\t\treg = <{channel}>;\n\t\tzephyr,gain = \"ADC_GAIN_1_4\";\n");
                Peripherals.Append("\t\tzephyr,reference = \"ADC_REF_INTERNAL\";\n\t\tzephyr,acquisition-time = <ADC_ACQ_TIME_DEFAULT>;\n\t\tzephyr,resolution = <12>;\n\t};\n");
            }

            Peripherals.Append("};\n");
        }

        if (channels.Count > 0)
            User.Append("\t\tio-channels = ").AppendJoin(", ", channels).Append(";\n");
    }

    private List<string> Mux(PinBus bus, string macro, params ReadOnlySpan<(string Signal, string Word)> lines)
    {
        var mux = new List<string>();
        foreach (var (signal, word) in lines)
        {
            if (bus[signal] is not { } use || !Exists(use))
                continue;
            _placed.Add(use);
            mux.Add(Macro(macro, word, use));
        }

        return mux;
    }

    private List<string> Mux(PinBus bus, string macro, Func<string, string?> wordOf)
    {
        var mux = new List<string>();
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (signal, use) in bus.Lines)
        {
            if (!Exists(use) || wordOf(signal) is not { } word || !words.Add(word))
                continue;
            _placed.Add(use);
            mux.Add(Macro(macro, word, use));
        }

        return mux;
    }

    private static string Macro(string stem, string word, NamedUse use) => string.Create(CultureInfo.InvariantCulture, $"<{stem.ToUpperInvariant()}_{word}_GPIO{use.Gpio}>");

    private void Enable(string node, string properties, params ReadOnlySpan<(string Settings, List<string> Mux)> groups)
    {
        PinControl.Append(CultureInfo.InvariantCulture, $"\t{node}_plan: {node}_plan {{\n");
        var number = 0;
        foreach (var (settings, mux) in groups)
        {
            if (mux.Count > 0)
                PinControl.Append(CultureInfo.InvariantCulture, $"\t\tgroup{++number} {{\n\t\t\tpinmux = ").AppendJoin(", ", mux).Append(";\n").Append(settings).Append("\t\t};\n");
        }

        PinControl.Append("\t};\n");
        Peripherals.Append(CultureInfo.InvariantCulture, $"\n&{node} {{\n\tstatus = \"okay\";\n\tpinctrl-0 = <&{node}_plan>;\n\tpinctrl-names = \"default\";\n");
        if (properties.Length > 0)
            Peripherals.Append('\t').Append(properties).Append('\n');
        Peripherals.Append("};\n");
    }

    private static void Start(StringBuilder block, string compatible)
    {
        if (block.Length == 0)
            block.Append("\t\tcompatible = \"").Append(compatible).Append("\";\n");
    }

    // Two banks: the second has the pins from 32.
    private static string Gpio(NamedUse use, bool low)
    {
        var flags = low ? "GPIO_ACTIVE_LOW" : "GPIO_ACTIVE_HIGH";
        flags = use.Use.Pull switch
        {
            PinPull.Up => $"({flags} | GPIO_PULL_UP)",
            PinPull.Down => $"({flags} | GPIO_PULL_DOWN)",
            _ => flags,
        };
        return string.Create(CultureInfo.InvariantCulture, $"&gpio{use.Gpio / 32} {use.Gpio % 32} {flags}");
    }

    private bool Exists(NamedUse use) => _sheet.Chip.FindPin(use.Gpio) is not null;

    private static string Node(string stem, int index) => string.Create(CultureInfo.InvariantCulture, $"{stem}{index}");

    // A property has at most 31 characters, "-gpios" included.
    private string Property(string name)
    {
        var stem = name.Replace('_', '-');
        if (stem.Length > MaxPropertyStem)
            stem = stem[..MaxPropertyStem].TrimEnd('-');
        var unique = stem;
        for (var n = 2; !_properties.Add(unique); n++)
        {
            var suffix = n.ToString(CultureInfo.InvariantCulture);
            unique = string.Concat(stem.AsSpan(0, Math.Min(stem.Length, MaxPropertyStem - suffix.Length)), suffix);
        }

        return unique;
    }
}
