using System.Text.Json;
using EspForge.Ota;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace EspForge.EntityFrameworkCore;

/// <summary>Tables of images, releases, rollouts and their members.</summary>
internal static class OtaModel
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<ImageRow>(Images);
        model.Entity<ReleaseRow>(Releases);
        model.Entity<ProductSequenceRow>(Sequences);
        model.Entity<RolloutRow>(Rollouts);
        model.Entity<RolloutMemberRow>(Members);
    }

    private static void Images(EntityTypeBuilder<ImageRow> image)
    {
        image.ToTable("espforge_images");
        image.HasKey(row => new { row.Organization, row.Sha256 });
        image.Property(row => row.Organization).HasMaxLength(64);
        image.Property(row => row.Sha256).HasMaxLength(64);
        image.Property(row => row.Format).HasConversion<string>().HasMaxLength(8);
        image.Property(row => row.Chip).HasMaxLength(16);
        image.Property(row => row.Project).HasMaxLength(64);
        image.Property(row => row.Version).HasMaxLength(64);
        image.Property(row => row.AgentVersion).HasMaxLength(64);
        image.Property(row => row.FileName).HasMaxLength(128);
        image.Property(row => row.CreatedBy).HasMaxLength(128);
        image.HasIndex(row => new { row.Organization, row.CreatedAt });
    }

    private static void Releases(EntityTypeBuilder<ReleaseRow> release)
    {
        release.ToTable("espforge_releases");
        release.HasKey(row => row.Id);
        release.Property(row => row.Id).ValueGeneratedNever();
        release.Property(row => row.Organization).HasMaxLength(64);
        release.Property(row => row.Product).HasMaxLength(63);
        release.Property(row => row.Chip).HasMaxLength(16);
        release.Property(row => row.Version).HasMaxLength(64);
        release.Property(row => row.ImageFormat).HasConversion<string>().HasMaxLength(8);
        release.Property(row => row.ImageSha256).HasMaxLength(64);
        release.Property(row => row.ImageProject).HasMaxLength(64);
        release.Property(row => row.ImageAgentVersion).HasMaxLength(64);
        release.Property(row => row.KeyId).HasMaxLength(32);
        release.Property(row => row.Manifest).HasMaxLength(2048);
        release.Property(row => row.ImageSignature).HasMaxLength(512);
        release.Property(row => row.Notes).HasMaxLength(4000);
        release.Property(row => row.CreatedBy).HasMaxLength(128);
        release.HasIndex(row => new { row.Organization, row.Product, row.Chip, row.Version }).IsUnique();
        release.HasIndex(row => new { row.Organization, row.Product, row.Sequence }).IsUnique();
        release.HasIndex(row => new { row.Organization, row.CreatedAt });
        release.HasIndex(row => new { row.Organization, row.ImageSha256 });
    }

    private static void Sequences(EntityTypeBuilder<ProductSequenceRow> sequence)
    {
        sequence.ToTable("espforge_product_sequences");
        sequence.HasKey(row => new { row.Organization, row.Product });
        sequence.Property(row => row.Organization).HasMaxLength(64);
        sequence.Property(row => row.Product).HasMaxLength(63);
    }

    private static void Rollouts(EntityTypeBuilder<RolloutRow> rollout)
    {
        rollout.ToTable("espforge_rollouts");
        rollout.HasKey(row => row.Id);
        rollout.Property(row => row.Id).ValueGeneratedNever();
        rollout.Property(row => row.Organization).HasMaxLength(64);
        rollout.Property(row => row.Name).HasMaxLength(80);
        rollout.Property(row => row.Product).HasMaxLength(63);
        rollout.Property(row => row.Chip).HasMaxLength(16);
        rollout.Property(row => row.Version).HasMaxLength(64);
        rollout.Property(row => row.Salt).HasMaxLength(32);
        rollout.Property(row => row.State).HasConversion<string>().HasMaxLength(16);
        rollout.Property(row => row.Reason).HasMaxLength(2000);
        rollout.Property(row => row.CreatedBy).HasMaxLength(128);
        rollout.HasOne<ReleaseRow>().WithMany().HasForeignKey(row => row.ReleaseId).OnDelete(DeleteBehavior.Restrict);
        rollout.HasIndex(row => new { row.Organization, row.CreatedAt });
        rollout.HasIndex(row => new { row.Organization, row.Product, row.Chip, row.State });
        rollout.HasIndex(row => row.State);
    }

    private static void Members(EntityTypeBuilder<RolloutMemberRow> member)
    {
        member.ToTable("espforge_rollout_members");
        member.HasKey(row => new { row.RolloutId, row.DeviceId });
        member.Property(row => row.DeviceId).HasMaxLength(64);
        member.Property(row => row.Hash).HasMaxLength(64);
        member.Property(row => row.OfferId).HasMaxLength(32);
        member.Property(row => row.State).HasConversion<string>().HasMaxLength(16);
        member.Property(row => row.Error).HasMaxLength(64);
        member.Property(row => row.Detail).HasMaxLength(256);
        member.Property(row => row.FromVersion).HasMaxLength(64);
        member.HasOne<RolloutRow>().WithMany().HasForeignKey(row => row.RolloutId).OnDelete(DeleteBehavior.Cascade);

        // Counting reads this index alone; a page of members is a range of the second.
        member.HasIndex(row => new { row.RolloutId, row.Stage, row.State, row.SilentFrom });
        member.HasIndex(row => new { row.RolloutId, row.Stage, row.Hash });
        member.HasIndex(row => row.OfferId).IsUnique();
        member.HasIndex(row => new { row.DeviceId, row.State });
    }
}

internal sealed class ImageRow
{
    public required string Organization { get; set; }
    public required string Sha256 { get; set; }
    public required ImageFormat Format { get; set; }
    public required string Chip { get; set; }
    public required string Project { get; set; }
    public required string Version { get; set; }
    public required long SizeBytes { get; set; }
    public string? AgentVersion { get; set; }
    public required long SecureVersion { get; set; }
    public string? FileName { get; set; }
    public Guid? BuildId { get; set; }
    public required DateTimeOffset CreatedAt { get; set; }
    public required string CreatedBy { get; set; }

    public static ImageRow From(Image image) => new()
    {
        Organization = image.Organization,
        Sha256 = image.Info.Sha256,
        Format = image.Info.Format,
        Chip = image.Info.Chip,
        Project = image.Info.Project,
        Version = image.Info.Version,
        SizeBytes = image.Info.SizeBytes,
        AgentVersion = image.Info.AgentVersion,
        SecureVersion = image.Info.SecureVersion,
        FileName = image.FileName,
        BuildId = image.BuildId,
        CreatedAt = image.CreatedAt,
        CreatedBy = image.CreatedBy,
    };

    public Image ToImage() => new(
        Organization,
        new ImageInfo(Format, Chip, Project, Version, SizeBytes, Sha256, AgentVersion, checked((uint)SecureVersion)),
        FileName,
        BuildId,
        CreatedAt,
        CreatedBy);
}

internal sealed class ReleaseRow
{
    public required Guid Id { get; set; }
    public required string Organization { get; set; }
    public required string Product { get; set; }
    public required string Chip { get; set; }
    public required string Version { get; set; }
    public required ImageFormat ImageFormat { get; set; }
    public required string ImageSha256 { get; set; }
    public required string ImageProject { get; set; }
    public required long ImageSizeBytes { get; set; }
    public string? ImageAgentVersion { get; set; }
    public required long ImageSecureVersion { get; set; }
    public required byte[] ImageSignature { get; set; }
    public required long Sequence { get; set; }
    public required string KeyId { get; set; }
    public required byte[] Manifest { get; set; }
    public required DateTimeOffset IssuedAt { get; set; }
    public required DateTimeOffset ExpiresAt { get; set; }
    public string? Notes { get; set; }
    public required DateTimeOffset CreatedAt { get; set; }
    public required string CreatedBy { get; set; }

    public static ReleaseRow From(Release release) => new()
    {
        Id = release.Id,
        Organization = release.Organization,
        Product = release.Product,
        Chip = release.Image.Chip,
        Version = release.Version,
        ImageFormat = release.Image.Format,
        ImageSha256 = release.Image.Sha256,
        ImageProject = release.Image.Project,
        ImageSizeBytes = release.Image.SizeBytes,
        ImageAgentVersion = release.Image.AgentVersion,
        ImageSecureVersion = release.Image.SecureVersion,
        ImageSignature = release.ImageSignature,
        Sequence = release.Manifest.Sequence,
        KeyId = release.Manifest.KeyId,
        Manifest = release.Manifest.Cose,
        IssuedAt = release.Manifest.IssuedAt,
        ExpiresAt = release.Manifest.ExpiresAt,
        Notes = release.Notes,
        CreatedAt = release.CreatedAt,
        CreatedBy = release.CreatedBy,
    };

    public Release ToRelease() => new()
    {
        Id = Id,
        Organization = Organization,
        Product = Product,
        Version = Version,
        Image = new ImageInfo(ImageFormat, Chip, ImageProject, Version, ImageSizeBytes, ImageSha256, ImageAgentVersion, checked((uint)ImageSecureVersion)),
        ImageSignature = ImageSignature,
        Manifest = new SignedManifest(Sequence, KeyId, Manifest, IssuedAt, ExpiresAt),
        Notes = Notes,
        CreatedAt = CreatedAt,
        CreatedBy = CreatedBy,
    };
}

/// <summary>The sequence a product's manifests have reached. A row of its own, so that two signers wait for each other and no number is given twice.</summary>
internal sealed class ProductSequenceRow
{
    public required string Organization { get; set; }
    public required string Product { get; set; }
    public required long Last { get; set; }
}

internal sealed class RolloutRow
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public required Guid Id { get; set; }
    public required string Organization { get; set; }
    public required string Name { get; set; }
    public required Guid ReleaseId { get; set; }
    public required string Product { get; set; }
    public required string Chip { get; set; }
    public required string Version { get; set; }
    public required byte[] Salt { get; set; }
    public required string Filter { get; set; }
    public required string Stages { get; set; }
    public required RolloutState State { get; set; }
    public required int CurrentStage { get; set; }
    public string? Reason { get; set; }
    public required DateTimeOffset CreatedAt { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }
    public required string CreatedBy { get; set; }
    public required int Revision { get; set; }

    public static RolloutRow From(Rollout rollout) => new()
    {
        Id = rollout.Id,
        Organization = rollout.Organization,
        Name = rollout.Name,
        ReleaseId = rollout.ReleaseId,
        Product = rollout.Product,
        Chip = rollout.Chip,
        Version = rollout.Version,
        Salt = rollout.Salt,
        Filter = JsonSerializer.Serialize(rollout.Filter, Json),
        Stages = WriteStages(rollout.Stages),
        State = rollout.State,
        CurrentStage = rollout.CurrentStage,
        Reason = rollout.Reason,
        CreatedAt = rollout.CreatedAt,
        ChangedAt = rollout.ChangedAt,
        CreatedBy = rollout.CreatedBy,
        Revision = rollout.Revision,
    };

    public static string WriteStages(IReadOnlyList<RolloutStage> stages) => JsonSerializer.Serialize(stages, Json);

    public Rollout ToRollout() => new()
    {
        Id = Id,
        Organization = Organization,
        Name = Name,
        ReleaseId = ReleaseId,
        Product = Product,
        Chip = Chip,
        Version = Version,
        Salt = Salt,
        Filter = JsonSerializer.Deserialize<RolloutFilter>(Filter, Json) ?? RolloutFilter.Everything,
        Stages = JsonSerializer.Deserialize<RolloutStage[]>(Stages, Json) ?? throw new InvalidOperationException($"The stages of rollout {Id} cannot be read."),
        State = State,
        CurrentStage = CurrentStage,
        Reason = Reason,
        CreatedAt = CreatedAt,
        ChangedAt = ChangedAt,
        CreatedBy = CreatedBy,
        Revision = Revision,
    };
}

internal sealed class RolloutMemberRow
{
    public required Guid RolloutId { get; set; }
    public required string DeviceId { get; set; }
    public required string Hash { get; set; }
    public required int Stage { get; set; }
    public string? OfferId { get; set; }
    public required OfferState State { get; set; }
    public int? Percent { get; set; }
    public string? Error { get; set; }
    public string? Detail { get; set; }
    public string? FromVersion { get; set; }
    public DateTimeOffset? OfferedAt { get; set; }
    public DateTimeOffset? ChangedAt { get; set; }

    /// <summary>For a device that joined after its stage began: when it counts as silent. For the others the stage's start says so.</summary>
    public DateTimeOffset? SilentFrom { get; set; }

    public static RolloutMemberRow From(RolloutMember member) => new()
    {
        RolloutId = member.RolloutId,
        DeviceId = member.DeviceId,
        Hash = member.Hash,
        Stage = member.Stage,
        OfferId = member.OfferId,
        State = member.State,
        Percent = member.Percent,
        Error = member.Error,
        Detail = member.Detail,
        FromVersion = member.FromVersion,
        OfferedAt = member.OfferedAt,
        ChangedAt = member.ChangedAt,
    };

    public RolloutMember ToMember() => new()
    {
        RolloutId = RolloutId,
        DeviceId = DeviceId,
        Hash = Hash,
        Stage = Stage,
        OfferId = OfferId,
        State = State,
        Percent = Percent,
        Error = Error,
        Detail = Detail,
        FromVersion = FromVersion,
        OfferedAt = OfferedAt,
        ChangedAt = ChangedAt,
    };
}
