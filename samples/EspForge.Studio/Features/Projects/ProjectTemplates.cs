using EspForge.Boards;
using EspForge.PinRules;

namespace EspForge.Studio.Projects;

/// <summary>What a new project can begin with.</summary>
/// <param name="Id">Short name.</param>
/// <param name="Name">A name for people.</param>
/// <param name="Description">What it does, as a sentence.</param>
public sealed record ProjectTemplate(string Id, string Name, string Description);

/// <summary>The templates: their sources, and the pins they want.</summary>
internal static class ProjectTemplates
{
    private sealed record Template(ProjectTemplate Shown, (string Path, string Resource)[] Files, PinUse[] Wants);

    // Not a GPIO of any chip: the suggester leaves out the pin a use has now, and this one has none.
    private const int Unplaced = 255;

    private static readonly PinUse Led = new(Unplaced, "led", Direction: PinDirection.Out);

    private static readonly Template[] All =
    [
        new(new ProjectTemplate("blink", "Blink", "Blinks an LED and counts how often: the smallest application that does something."), [("main.c", "blink.c")], [Led]),
        new(new ProjectTemplate("sensor", "Climate sensor", "Reads temperature and humidity over I2C, reports both as telemetry, and warns with an LED."),
            [("main.c", "sensor.c"), ("climate.h", "climate.h"), ("climate.c", "climate.c")], [Led, new PinUse(Unplaced, "i2c0", "sda"), new PinUse(Unplaced, "i2c0", "scl")]),
        new(new ProjectTemplate("empty", "Empty", "Two functions to fill in."), [("main.c", "empty.c")], []),
    ];

    public static IReadOnlyList<ProjectTemplate> Shown { get; } = [.. All.Select(template => template.Shown)];

    public static bool Exists(string id) => Array.Exists(All, template => string.Equals(template.Shown.Id, id, StringComparison.Ordinal));

    /// <summary>The sources of a template, by path.</summary>
    public static IReadOnlyList<(string Path, string Content)> FilesOf(string id) =>
        [.. Find(id).Files.Select(file => (file.Path, Read(file.Resource)))];

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
