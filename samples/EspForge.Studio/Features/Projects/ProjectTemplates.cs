using EspForge.Boards;
using EspForge.PinRules;

namespace EspForge.Studio.Projects;

/// <summary>What a new project can begin with.</summary>
/// <param name="Id">Short name.</param>
/// <param name="Name">A name for people.</param>
/// <param name="Description">What it does, as a sentence.</param>
/// <param name="Toolchain">What builds it: host, platformio or esp-idf.</param>
public sealed record ProjectTemplate(string Id, string Name, string Description, string Toolchain);

/// <summary>The templates: their sources, and the pins they want.</summary>
internal static class ProjectTemplates
{
    private sealed record Template(ProjectTemplate Shown, (string Path, string Resource)[] Files, PinUse[] Wants);

    // Not a GPIO of any chip: the suggester leaves out the pin a use has now, and this one has none.
    private const int Unplaced = 255;

    private static readonly PinUse Led = new(Unplaced, "led", Direction: PinDirection.Out);

    private static readonly PinUse Sda = new(Unplaced, "i2c0", "sda");

    private static readonly PinUse Scl = new(Unplaced, "i2c0", "scl");

    private static readonly Template[] All =
    [
        new(new ProjectTemplate("blink", "Blink", "Blinks an LED and counts how often: the smallest application that does something.", ProjectToolchains.Host), [("main.c", "blink.c")], [Led]),
        new(new ProjectTemplate("sensor", "Climate sensor", "Reads temperature and humidity over I2C, reports both as telemetry, and warns with an LED.", ProjectToolchains.Host),
            [("main.c", "sensor.c"), ("climate.h", "climate.h"), ("climate.c", "climate.c")], [Led, Sda, Scl]),
        new(new ProjectTemplate("lamp", "Lamp", "A lamp on a relay: switched by commands and by schedules, which survive restarts and updates.", ProjectToolchains.Host),
            [("main.c", "lamp/main.c"), ("schedule.h", "lamp/schedule.h"), ("schedule.c", "lamp/schedule.c")], [new PinUse(Unplaced, "relay", Direction: PinDirection.Out)]),
        new(new ProjectTemplate("empty", "Empty", "Two functions to fill in.", ProjectToolchains.Host), [("main.c", "empty.c")], []),
        new(new ProjectTemplate("platformio-sensor", "Arduino sensor (PlatformIO)", "Reads an SHT3x over I2C with the Arduino framework, built by PlatformIO for your board.", ProjectToolchains.PlatformIo),
            [("platformio.ini", "platformio-sensor/platformio.ini"), ("src/main.cpp", "platformio-sensor/src/main.cpp")], [Led, Sda, Scl]),
        new(new ProjectTemplate("esp-idf", "ESP-IDF application", "Blinks an LED with ESP-IDF and the component espforge, which takes signed updates.", ProjectToolchains.EspIdf),
            [.. ((string[])["CMakeLists.txt", "main/CMakeLists.txt", "main/main.c", "partitions.csv", "sdkconfig.defaults"]).Select(path => (path, $"esp-idf/{path}")), ("main/app.c", "blink.c")], [Led]),
    ];

    public static IReadOnlyList<ProjectTemplate> Shown { get; } = [.. All.Select(template => template.Shown)];

    public static bool Exists(string id) => Array.Exists(All, template => string.Equals(template.Shown.Id, id, StringComparison.Ordinal));

    public static string ToolchainOf(string id) => Find(id).Shown.Toolchain;

    /// <summary>The sources of a template for a board, by path.</summary>
    public static IReadOnlyList<(string Path, string Content)> FilesOf(string id, Board board, string product) =>
    [
        .. Find(id).Files.Select(file => (file.Path, Read(file.Resource)
            .Replace("@environment@", board.Id, StringComparison.Ordinal)
            .Replace("@board@", PlatformIoBoard(board), StringComparison.Ordinal)
            .Replace("@product@", product, StringComparison.Ordinal))),
    ];

    /// <summary>The board's name at PlatformIO; of a board it does not know, that of the chip's usual kit.</summary>
    internal static string PlatformIoBoard(Board board) => board.PlatformioBoard ?? board.ChipId switch
    {
        "esp32" => "esp32dev",
        "esp32s2" => "esp32-s2-saola-1",
        "esp32s3" => "esp32-s3-devkitc-1",
        "esp32c3" => "esp32-c3-devkitm-1",
        "esp32c6" => "esp32-c6-devkitc-1",
        "esp32h2" => "esp32-h2-devkitm-1",
        var chip => $"{chip.Insert(5, "-")}-devkitc-1",
    };

    /// <summary>A plan that gives each pin the template wants to the best free pin of the board: the LED that is soldered on, the bus's usual pins, else what the checker likes best.</summary>
    public static PinPlan PlanFor(string id, Board board, BoardCatalog catalog)
    {
        var plan = new PinPlan { Board = board.Id };
        foreach (var want in Find(id).Wants)
        {
            // What is soldered on stays where it is even if there is something to know about the pin; a bus goes where there is nothing.
            var (usual, worst) = Usual(board, want);
            foreach (var gpio in usual.Concat(PinSuggester.Suggest(plan, want, catalog, limit: 5).Select(suggestion => suggestion.Gpio)))
            {
                var use = want with { Gpio = gpio };
                if (plan.Uses.Any(other => other.Gpio == gpio) || Worst(plan with { Uses = [use] }, catalog) > (usual.Contains(gpio) ? worst : PinSeverity.Warning))
                    continue;
                plan = plan with { Uses = [.. plan.Uses, use] };
                break;
            }
        }

        return plan;
    }

    /// <summary>Where boards usually have it, and how bad a finding may be there.</summary>
    private static (IReadOnlyList<int> Gpios, PinSeverity Worst) Usual(Board board, PinUse want) => want.Function switch
    {
        "led" => ([.. board.Onboard.Where(part => part.Function is "led").Select(part => part.Gpio)], PinSeverity.Warning),
        "i2c0" when board.Defaults?.I2c is { } bus => ([want.Signal is "sda" ? bus.Sda : bus.Scl], PinSeverity.Info),
        _ => ([], PinSeverity.Info),
    };

    private static PinSeverity Worst(PinPlan plan, BoardCatalog catalog) => PinChecker.Check(plan, catalog).Findings.Select(finding => finding.Severity).DefaultIfEmpty(PinSeverity.Info).Max();

    private static Template Find(string id) => Array.Find(All, template => string.Equals(template.Shown.Id, id, StringComparison.Ordinal))
        ?? throw new ArgumentException($"There is no template '{id}'.", nameof(id));

    private static string Read(string resource)
    {
        using var stream = typeof(ProjectTemplates).Assembly.GetManifestResourceStream($"templates/{resource}")
            ?? throw new InvalidOperationException($"The template {resource} is not part of the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
