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

// The first way out of the worst finding, and what it changes.
if (report.HasErrors)
{
    var repaired = report.Findings[0].Repairs[0].Apply(plan);
    Console.WriteLine("Repaired:");
    foreach (var difference in PinDiff.Compare(plan, repaired).Differences)
        Console.WriteLine($"  {difference.Sentence}");
}

// A gate for CI: 1 stops the build.
return report.HasErrors ? 1 : 0;
