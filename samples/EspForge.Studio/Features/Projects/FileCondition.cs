using System.Globalization;
using EspForge.AspNetCore;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Projects;

/// <summary>What a request says of the file it changes: <c>If-Match</c> and <c>If-None-Match: *</c> (RFC 9110, sections 13.1.1 and 13.1.2).</summary>
internal sealed record FileCondition(IReadOnlyList<string>? Match, bool MustBeNew)
{
    private const int TagDigits = 32;

    /// <summary>The entity tag of a text, with its quotes.</summary>
    public static string TagOf(string content) => $"\"{ProjectHistory.Hash(content)[..TagDigits]}\"";

    public static FileCondition Of(HttpRequest request) =>
        new(TagsOf(request), string.Equals(request.Headers.IfNoneMatch.ToString().Trim(), "*", StringComparison.Ordinal));

    /// <summary>What <c>If-Match</c> lists, with quotes; <see langword="null"/> without the header.</summary>
    public static IReadOnlyList<string>? TagsOf(HttpRequest request)
    {
        var match = request.Headers.IfMatch.ToString();
        return match.Length == 0 ? null : [.. match.Split(',').Select(tag => tag.Trim()).Select(tag => tag.StartsWith('"') || tag is "*" || tag.StartsWith("W/", StringComparison.Ordinal) ? tag : $"\"{tag}\"")];
    }

    /// <summary>Why the file is not to be changed: 412 <c>file-exists</c>, or <c>file-changed</c> with who changed it and when.</summary>
    public async Task<ApiRefusal?> CheckAsync(StudioDbContext db, Guid project, string path, string? content, IActorNames names, string organization, CancellationToken cancel)
    {
        if (MustBeNew && content is not null)
            return new ApiRefusal(new Fault("file-exists", $"There is a file '{path}' already."), Status: StatusCodes.Status412PreconditionFailed);
        if (Match is null || (content is not null && (Match.Contains("*", StringComparer.Ordinal) || Match.Contains(TagOf(content), StringComparer.Ordinal))))
            return null;
        var details = new List<ApiDetail>();
        if (content is not null)
            details.Add(new ApiDetail("etag", TagOf(content)));
        var what = content is null ? "It was deleted" : "It was changed";
        return await ChangedAsync(what, await ProjectHistory.LastChangeAsync(db, project, path, cancel), details, names, organization, cancel);
    }

    /// <summary>412 <c>file-changed</c>, with what is known of the change.</summary>
    public static async Task<ApiRefusal> ChangedAsync(string what, ProjectRevisionRow? last, List<ApiDetail> details, IActorNames names, string organization, CancellationToken cancel)
    {
        if (last is null)
            return new ApiRefusal(new Fault("file-changed", $"{what} since it was read."), details);
        var name = (await names.FindAsync(organization, [last.Actor], cancel)).GetValueOrDefault(last.Actor, last.Actor);
        details.Add(new ApiDetail("changedBy", name));
        details.Add(new ApiDetail("changedAt", last.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)));
        details.Add(new ApiDetail("revision", last.Revision.ToString(CultureInfo.InvariantCulture)));
        return new ApiRefusal(new Fault("file-changed", $"{what} by {name} since it was read."), details);
    }
}
