using EspForge.PinRules;

// plan.json wires a relay to GPIO34, which cannot drive anything.
var file = args.Length > 0 ? args[0] : Path.Combine(AppContext.BaseDirectory, "plan.json");
if (!PinPlanReader.Read(File.ReadAllBytes(file)).TryGet(out var plan, out var fault))
{
    Console.Error.WriteLine(fault.Message);
    return 2;
}

var report = PinChecker.Check(plan);
foreach (var finding in report.Findings)
{
    Console.WriteLine($"{finding.Severity} {finding.Class}: {finding.Message}");
    foreach (var repair in finding.Repairs)
        Console.WriteLine($"  - {repair.Label}");
}

return report.HasErrors ? 1 : 0;
