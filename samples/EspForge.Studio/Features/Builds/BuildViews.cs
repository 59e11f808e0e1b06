using System.Text.Json;
using EspForge.AspNetCore;
using EspForge.Build;
using EspForge.Ota;

namespace EspForge.Studio.Builds;

/// <summary>A build as the API shows it.</summary>
/// <param name="Id">Id.</param>
/// <param name="ProjectId">The project.</param>
/// <param name="ProjectName">The project's name when it was built.</param>
/// <param name="Product">The product.</param>
/// <param name="Version">The image's version.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Sandbox">The sandbox it ran in.</param>
/// <param name="QueuedAt">When it was asked for.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="DurationMs">From beginning to end, in milliseconds.</param>
/// <param name="Messages">What the compiler said about places in the sources.</param>
/// <param name="Image">The image it made.</param>
/// <param name="Error">Why there is none.</param>
/// <param name="CreatedBy">Who asked for it, as an audit actor.</param>
public sealed record BuildView(
    Guid Id, Guid ProjectId, string ProjectName, string Product, string Version, BuildState State, string? Sandbox, DateTimeOffset QueuedAt, DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt, long? DurationMs, IReadOnlyList<BuildMessageView> Messages, ImageView? Image, BuildErrorView? Error, string CreatedBy)
{
    internal static BuildView Of(BuildRow row, Image? image) => new(
        row.Id, row.ProjectId, row.ProjectName, row.Product, row.Version, row.State, row.Sandbox, row.QueuedAt, row.StartedAt, row.FinishedAt,
        row is { StartedAt: { } from, FinishedAt: { } to } ? (long)(to - from).TotalMilliseconds : null,
        row.Messages is null ? [] : JsonSerializer.Deserialize<List<BuildMessageView>>(row.Messages, ApiJson.Options) ?? [],
        image is null ? null : ImageView.Of(image),
        row.ErrorCode is null ? null : new BuildErrorView(row.ErrorCode.ToUpperInvariant().Replace('-', '_'), row.ErrorMessage ?? ""),
        row.CreatedBy);
}

/// <summary>What the compiler said about a place.</summary>
/// <param name="File">Path inside the project, or <see langword="null"/>.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Text">What it said.</param>
public sealed record BuildMessageView(string? File, int? Line, int? Column, BuildSeverity Severity, string Text);

/// <summary>Why a build made no image.</summary>
/// <param name="Code">Stable code.</param>
/// <param name="Message">A sentence.</param>
public sealed record BuildErrorView(string Code, string Message);
