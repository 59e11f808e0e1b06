using System.Buffers;
using System.Text;
using System.Text.Json;
using EspForge.AspNetCore;
using EspForge.Boards;
using EspForge.PinRules;

namespace EspForge.Studio.Projects;

/// <summary>The pin plan of a project: read strictly, kept tidy.</summary>
internal static class ProjectPlan
{
    /// <summary>Reads a plan as sent. A project's plan names its board, one of those that its organization sees.</summary>
    public static (PinPlan? Plan, Board? Board, ApiRefusal? Refusal) Read(JsonElement sent, BoardCatalog catalog)
    {
        if (!PinPlanReader.Read(Encoding.UTF8.GetBytes(sent.GetRawText()), catalog).TryGet(out var plan, out var fault))
            return (null, null, Invalid(fault.Message));
        return plan.Board is not null && catalog.FindBoard(plan.Board) is { } board
            ? (plan, board, null)
            : (null, null, Invalid("$ names no board: the plan of a project names its board."));
    }

    /// <summary>A plan as kept; a fault where its board is not what it was.</summary>
    public static Outcome<PinPlan> Parse(string kept, BoardCatalog catalog) => PinPlanReader.Read(Encoding.UTF8.GetBytes(kept), catalog);

    public static string Write(PinPlan plan)
    {
        var buffer = new ArrayBufferWriter<byte>();
        PinPlanWriter.Write(plan, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Why the plan cannot be built from, or <see langword="null"/>: <c>plan-has-errors</c> with each error's sentence.</summary>
    public static ApiRefusal? Errors(PinPlan plan, BoardCatalog catalog)
    {
        var errors = PinChecker.Check(plan, catalog).Findings.Where(finding => finding.Severity == PinSeverity.Error)
            .Select(finding => new ApiDetail(finding.Gpios.Count > 0 ? $"GPIO {string.Join(", ", finding.Gpios)}" : finding.Rule, finding.Message)).ToList();
        return errors.Count == 0 ? null : new ApiRefusal(
            new Fault("plan-has-errors", errors.Count == 1 ? $"The pin plan has an error: {errors[0].Message}" : $"The pin plan has {errors.Count} errors; see the details."), errors);
    }

    // The reader's sentences begin with the place, such as `$.uses[3].gpio`.
    internal static ApiRefusal Invalid(string message)
    {
        var space = message.IndexOf(' ', StringComparison.Ordinal);
        var place = space > 0 && message[0] == '$' ? message[..space] : "$";
        return new ApiRefusal(new Fault("plan-invalid", message), [new ApiDetail(place.Length > 2 ? $"plan{place[1..]}" : "plan", message)]);
    }
}
