using System.Globalization;
using EspForge.Boards;
using EspForge.Devices;
using EspForge.PinRules;

namespace EspForge.AspNetCore;

/// <summary>A plan that devices of a product are built by.</summary>
/// <param name="Product">The product.</param>
/// <param name="Name">What people call it: the project.</param>
/// <param name="Plan">The plan.</param>
/// <param name="Catalog">The catalog that has its board.</param>
public sealed record DevicePlan(string Product, string Name, PinPlan Plan, BoardCatalog Catalog);

/// <summary>Says which plans the devices of a product are built by. A host that keeps plans implements it.</summary>
public interface IDevicePlans
{
    /// <summary>The plans of each of the products.</summary>
    Task<IReadOnlyList<DevicePlan>> ForAsync(string organization, IReadOnlyCollection<string> products, CancellationToken cancel = default);
}

/// <summary>Whether a device is what the plan of its product says.</summary>
/// <param name="Fits">Whether it is, as far as it told.</param>
/// <param name="Plan">The plan it was compared with: of several the one it is closest to.</param>
/// <param name="Problems">What is different, each a sentence.</param>
internal sealed record DeviceFitView(bool Fits, string Plan, IReadOnlyList<string> Problems);

/// <summary>Compares what devices say of their silicon with the plans they are built by.</summary>
internal static class DeviceFit
{
    public static Dictionary<string, DeviceFitView> Of(IReadOnlyList<Device> devices, IReadOnlyList<DevicePlan> plans)
    {
        var byProduct = plans.ToLookup(plan => plan.Product, StringComparer.Ordinal);
        var fits = new Dictionary<string, DeviceFitView>(StringComparer.Ordinal);

        // A fleet is a few kinds of hardware: each is compared once.
        var known = new Dictionary<(string Product, string Chip, DeviceHardware? Hardware), DeviceFitView?>();
        foreach (var device in devices)
        {
            var kind = (device.Product, device.Hardware?.Chip ?? device.Chip, device.Hardware);
            if (!known.TryGetValue(kind, out var fit))
            {
                fit = Closest(kind.Item2, device.Hardware, byProduct[device.Product]);
                known.Add(kind, fit);
            }

            if (fit is not null)
                fits[device.DeviceId] = fit;
        }

        return fits;
    }

    private static DeviceFitView? Closest(string chip, DeviceHardware? hardware, IEnumerable<DevicePlan> plans) => plans
        .Select(plan => (plan, Problems: Problems(chip, hardware ?? new DeviceHardware(), plan)))
        .OrderBy(found => found.Problems.Count)
        .Select(found => new DeviceFitView(found.Problems.Count == 0, found.plan.Name, found.Problems)).FirstOrDefault();

    private static List<string> Problems(string chip, DeviceHardware hardware, DevicePlan built)
    {
        var (plan, catalog) = (built.Plan, built.Catalog);
        var board = plan.Board is null ? null : catalog.FindBoard(plan.Board);
        var planned = board?.Chip ?? (plan.Chip is null ? null : catalog.FindChip(plan.Chip));
        if (planned is null)
            return [];
        if (!string.Equals(planned.Id, chip, StringComparison.Ordinal))
            return [$"The device is an {catalog.FindChip(chip)?.Name ?? chip}; the plan is for an {planned.Name}."];
        var problems = new List<string>();
        if (board is not null && hardware.FlashBytes < board.FlashBytes)
            problems.Add($"The device has {Size(hardware.FlashBytes.Value)} of flash; {board.Name} has {Size(board.FlashBytes)}.");
        var psram = Psram(hardware.PsramMode);
        var plannedPsram = plan.Psram ?? (board is null ? null : board.PsramMode ?? PsramMode.None);
        if ((psram is PsramMode.None || hardware.PsramBytes == 0) && plannedPsram is not (null or PsramMode.None))
            problems.Add($"The device has no PSRAM; the plan has {Word(plannedPsram.Value)} PSRAM.");
        else if (psram is { } has && plannedPsram is { } wanted && has != wanted)
            problems.Add(wanted is PsramMode.None ? $"The device has {Word(has)} PSRAM; the plan has none." : $"The device has {Word(has)} PSRAM; the plan has {Word(wanted)} PSRAM.");
        else if (hardware.PsramBytes is { } bytes && board is { PsramBytes: > 0 } && plan.Psram is null && bytes < board.PsramBytes)
            problems.Add($"The device has {Size(bytes)} of PSRAM; {board.Name} has {Size(board.PsramBytes)}.");
        var flash = Flash(hardware.FlashMode);
        if (flash is { } mode && plan.FlashMode is { } said && mode != said)
            problems.Add($"The device's flash runs in {mode.ToString().ToUpperInvariant()}; the plan says {said.ToString().ToUpperInvariant()}.");

        // What the rules say with the memory the device has and did not say with the planned one: the pins it costs.
        var real = plan with { FlashMode = flash ?? plan.FlashMode, Psram = psram ?? plan.Psram, Module = hardware.Package ?? plan.Module };
        var before = PinChecker.Check(plan, catalog).Findings.Where(f => f.Severity is PinSeverity.Error).Select(f => (f.Rule, Pins(f))).ToHashSet();
        foreach (var finding in PinChecker.Check(real, catalog).Findings)
        {
            if (finding.Severity is PinSeverity.Error && !before.Contains((finding.Rule, Pins(finding))))
                problems.Add($"With the memory of this device: {finding.Message}");
        }

        return problems;
    }

    private static string Pins(PinFinding finding) => string.Join(',', finding.Gpios);

    private static string Size(long bytes) => bytes % 1_048_576 == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_048_576} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024} KB");

    private static string Word(PsramMode mode) => mode.ToString().ToLowerInvariant();

    private static PsramMode? Psram(string? word) => Enum.TryParse<PsramMode>(word, ignoreCase: true, out var mode) ? mode : null;

    private static FlashMode? Flash(string? word) => Enum.TryParse<FlashMode>(word, ignoreCase: true, out var mode) ? mode : null;
}
