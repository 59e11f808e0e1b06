using EspForge.PinRules;

namespace EspForge.Cli;

/// <summary>A plan that was read and checked.</summary>
/// <param name="Path">Its file; <c>-</c> for standard input.</param>
/// <param name="Json">Its bytes.</param>
/// <param name="Sheet">The plan with its report.</param>
internal sealed record CheckedPlan(string Path, byte[] Json, PinSheet Sheet);
