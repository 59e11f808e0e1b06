namespace EspForge.PinRules;

/// <summary>The uses of one peripheral: <c>i2c0</c> with its <c>sda</c> and <c>scl</c>.</summary>
internal sealed class PinBus(PinPeripheral peripheral, int index, string name)
{
    private readonly List<(string Signal, NamedUse Use)> _lines = [];

    public PinPeripheral Peripheral => peripheral;

    /// <summary>The number; where the plan says none, the first that is free, as drivers take it.</summary>
    public int Index => index;

    /// <summary>The function's word in lower case.</summary>
    public string Name => name;

    public IReadOnlyList<(string Signal, NamedUse Use)> Lines => _lines;

    /// <summary>The first use of a line, by its usual name.</summary>
    public NamedUse? this[string signal]
    {
        get
        {
            foreach (var (known, use) in _lines)
            {
                if (string.Equals(known, signal, StringComparison.Ordinal))
                    return use;
            }

            return null;
        }
    }

    public bool Has(params ReadOnlySpan<string> signals)
    {
        foreach (var signal in signals)
        {
            if (this[signal] is null)
                return false;
        }

        return true;
    }

    internal void Add(string signal, NamedUse use) => _lines.Add((signal, use));
}

/// <summary>Sorts the uses of a plan by peripheral.</summary>
internal static class PinBuses
{
    /// <summary>The buses by peripheral and number, each with its lines by their usual names.</summary>
    public static List<PinBus> Of(PinSheet sheet)
    {
        var buses = new List<PinBus>();
        var read = sheet.Uses.Select(use => (Use: use, Function: PinFunction.Read(use.Use))).Where(pair => pair.Function.Peripheral != PinPeripheral.Part).ToList();
        foreach (var (use, function) in read.OrderBy(pair => pair.Function.Peripheral).ThenBy(pair => pair.Function.Index < 0).ThenBy(pair => pair.Function.Index))
        {
            var name = use.Use.Function.Trim().ToLowerInvariant();
            var bus = buses.Find(known => known.Peripheral == function.Peripheral && (function.Index >= 0 ? known.Index == function.Index : string.Equals(known.Name, name, StringComparison.Ordinal)));
            if (bus is null)
            {
                bus = new PinBus(function.Peripheral, function.Index >= 0 ? function.Index : Free(buses, function.Peripheral), name);
                buses.Add(bus);
            }

            bus.Add(Usual(function.Peripheral, use.Use.Signal), use);
        }

        buses.Sort((left, right) => left.Peripheral != right.Peripheral ? left.Peripheral.CompareTo(right.Peripheral) : left.Index.CompareTo(right.Index));
        return buses;
    }

    // SPI0 and SPI1 are the memory's; UART0 is the console's.
    private static int Free(List<PinBus> buses, PinPeripheral peripheral)
    {
        var index = peripheral switch { PinPeripheral.Spi => 2, PinPeripheral.Uart => 1, _ => 0 };
        while (buses.Exists(bus => bus.Peripheral == peripheral && bus.Index == index))
            index++;
        return index;
    }

    /// <summary>The one name of a line that has several.</summary>
    public static string Usual(PinPeripheral peripheral, string? signal)
    {
        var word = signal?.Trim().ToLowerInvariant() ?? "";
        return peripheral switch
        {
            PinPeripheral.Spi => word switch
            {
                "sclk" or "clk" => "sck",
                "copi" or "sdo" or "d" => "mosi",
                "cipo" or "sdi" or "q" => "miso",
                "ss" or "nss" or "csn" or "cs0" => "cs",
                _ => word,
            },
            PinPeripheral.Uart or PinPeripheral.LpUart or PinPeripheral.Twai => word switch { "txd" => "tx", "rxd" => "rx", _ => word },
            PinPeripheral.I2s => word switch
            {
                "bck" or "sck" or "clk" => "bclk",
                "lrck" or "lrclk" or "lrc" => "ws",
                "mck" => "mclk",
                "do" or "sdout" => "dout",
                "di" or "sdin" or "sd" or "data" => "din",
                _ => word,
            },
            PinPeripheral.Camera => word switch
            {
                "sda" => "siod",
                "scl" => "sioc",
                "mclk" => "xclk",
                "hsync" => "href",
                "rst" => "reset",
                "y2" => "d0",
                "y3" => "d1",
                "y4" => "d2",
                "y5" => "d3",
                "y6" => "d4",
                "y7" => "d5",
                "y8" => "d6",
                "y9" => "d7",
                _ => word,
            },
            PinPeripheral.Ethernet => word switch { "ref_clk" or "clk" or "clk_in" or "clki" => "ref_clk", "clk_out" or "clko" => "clk_out", "pwr" => "power", _ => word },
            _ => word,
        };
    }
}
