using EspForge.Studio.Accounts;
using EspForge.Studio.ApiKeys;
using EspForge.Studio.Builds;
using EspForge.Studio.Projects;
using EspForge.Studio.VirtualFleet;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace EspForge.Studio;

/// <summary>Studio's own tables, Identity's and EspForge's, in one database, so that one transaction can change any of them.</summary>
public sealed class StudioDbContext(DbContextOptions<StudioDbContext> options) : IdentityUserContext<StudioUser, Guid>(options)
{
    /// <summary>Organizations.</summary>
    public DbSet<Organization> Organizations => Set<Organization>();

    /// <summary>Who is what in which organization.</summary>
    public DbSet<Membership> Memberships => Set<Membership>();

    /// <summary>Sign-ins.</summary>
    public DbSet<SignIn> SignIns => Set<SignIn>();

    /// <summary>Hashes of refresh tokens.</summary>
    public DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();

    /// <summary>Projects.</summary>
    public DbSet<ProjectRow> Projects => Set<ProjectRow>();

    /// <summary>Files of projects.</summary>
    public DbSet<ProjectFileRow> ProjectFiles => Set<ProjectFileRow>();

    /// <summary>Changes of projects.</summary>
    public DbSet<ProjectRevisionRow> ProjectRevisions => Set<ProjectRevisionRow>();

    /// <summary>What files were, from revision to revision.</summary>
    public DbSet<ProjectVersionRow> ProjectVersions => Set<ProjectVersionRow>();

    /// <summary>Texts of files, by hash.</summary>
    public DbSet<ProjectContentRow> ProjectContents => Set<ProjectContentRow>();

    /// <summary>API keys.</summary>
    public DbSet<ApiKeyRow> ApiKeys => Set<ApiKeyRow>();

    /// <summary>Builds.</summary>
    public DbSet<BuildRow> Builds => Set<BuildRow>();

    /// <summary>Virtual devices.</summary>
    public DbSet<VirtualDeviceRow> VirtualDevices => Set<VirtualDeviceRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.AddEspForge();

        builder.Entity<StudioUser>(user =>
        {
            user.ToTable("studio_users");
            user.Property(u => u.DisplayName).HasMaxLength(80);
            user.HasMany(u => u.Memberships).WithOne().HasForeignKey(m => m.UserId);
            user.HasIndex(u => u.NormalizedEmail).IsUnique();
        });
        builder.Entity<Microsoft.AspNetCore.Identity.IdentityUserClaim<Guid>>().ToTable("studio_user_claims");
        builder.Entity<Microsoft.AspNetCore.Identity.IdentityUserLogin<Guid>>().ToTable("studio_user_logins");
        builder.Entity<Microsoft.AspNetCore.Identity.IdentityUserToken<Guid>>().ToTable("studio_user_tokens");
        builder.Entity<Organization>(organization =>
        {
            organization.ToTable("studio_organizations");
            organization.Property(o => o.Id).HasMaxLength(40);
            organization.Property(o => o.Name).HasMaxLength(80);
        });
        builder.Entity<Membership>(membership =>
        {
            membership.ToTable("studio_memberships");
            membership.HasKey(m => new { m.UserId, m.OrganizationId });
            membership.HasOne<Organization>().WithMany().HasForeignKey(m => m.OrganizationId);
            membership.Property(m => m.Role).HasMaxLength(16);
        });
        builder.Entity<SignIn>(signIn =>
        {
            signIn.ToTable("studio_sign_ins");
            signIn.HasOne<StudioUser>().WithMany().HasForeignKey(s => s.UserId);
            signIn.HasIndex(s => new { s.UserId, s.CreatedAt });
        });
        builder.Entity<RefreshToken>(token =>
        {
            token.ToTable("studio_refresh_tokens");
            token.HasKey(t => t.Hash);
            token.Property(t => t.Hash).HasMaxLength(64);
            token.HasOne<SignIn>().WithMany().HasForeignKey(t => t.SignInId);
        });
        builder.Entity<ProjectRow>(project =>
        {
            project.ToTable("studio_projects");
            project.Property(p => p.Name).HasMaxLength(ProjectLimits.MaxNameLength);
            project.Property(p => p.Product).HasMaxLength(63);
            project.Property(p => p.Toolchain).HasMaxLength(16).HasDefaultValue(ProjectToolchains.Host);
            project.HasMany(p => p.Files).WithOne().HasForeignKey(f => f.ProjectId);
            project.HasIndex(p => new { p.Organization, p.CreatedAt });
        });
        builder.Entity<ProjectFileRow>(file =>
        {
            file.ToTable("studio_project_files");
            file.HasKey(f => new { f.ProjectId, f.Path });
            file.Property(f => f.Path).HasMaxLength(ProjectPath.MaxLength);
        });
        builder.Entity<ProjectRevisionRow>(revision =>
        {
            revision.ToTable("studio_project_revisions");
            revision.HasKey(r => new { r.ProjectId, r.Revision });
            revision.Property(r => r.Kind).HasConversion<string>().HasMaxLength(16);
            revision.Property(r => r.Actor).HasMaxLength(128);
            revision.Property(r => r.Path).HasMaxLength(ProjectPath.MaxLength);
            revision.Property(r => r.FromPath).HasMaxLength(ProjectPath.MaxLength);
        });
        builder.Entity<ProjectVersionRow>(version =>
        {
            version.ToTable("studio_project_versions");
            version.HasKey(v => new { v.ProjectId, v.Path, v.FromRevision });
            version.Property(v => v.Path).HasMaxLength(ProjectPath.MaxLength);
            version.Property(v => v.Sha256).HasMaxLength(64);
            version.HasIndex(v => new { v.ProjectId, v.Sha256 });
        });
        builder.Entity<ProjectContentRow>(content =>
        {
            content.ToTable("studio_project_contents");
            content.HasKey(c => new { c.ProjectId, c.Sha256 });
            content.Property(c => c.Sha256).HasMaxLength(64);
            content.HasIndex(c => new { c.ProjectId, c.SizeBytes });
        });
        builder.Entity<ApiKeyRow>(key =>
        {
            key.ToTable("studio_api_keys");
            key.Property(k => k.Name).HasMaxLength(ApiKeyRow.MaxNameLength);
            key.Property(k => k.Hash).HasMaxLength(64);
            key.Property(k => k.Prefix).HasMaxLength(16);
            key.HasIndex(k => k.Hash).IsUnique();
            key.HasIndex(k => new { k.Organization, k.CreatedAt });
            key.HasOne<StudioUser>().WithMany().HasForeignKey(k => k.UserId);
        });
        builder.Entity<BuildRow>(build =>
        {
            build.ToTable("studio_builds");
            build.Property(b => b.State).HasConversion<string>().HasMaxLength(16);
            build.HasIndex(b => new { b.Organization, b.QueuedAt });
            build.HasIndex(b => new { b.ProjectId, b.QueuedAt });
            build.Property(b => b.Toolchain).HasMaxLength(16).HasDefaultValue(ProjectToolchains.Host);
            build.Property(b => b.Environment).HasMaxLength(64);
            build.HasIndex(b => b.State);
        });
        builder.Entity<VirtualDeviceRow>(device =>
        {
            device.ToTable("studio_virtual_devices");
            device.HasKey(d => d.HardwareId);
            device.Property(d => d.HardwareId).HasMaxLength(64);
            device.HasIndex(d => d.Organization);
        });

        // SQLite cannot order by a DateTimeOffset; milliseconds order alike everywhere.
        var time = new ValueConverter<DateTimeOffset, long>(at => at.ToUnixTimeMilliseconds(), milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
        foreach (var property in builder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            if (property.GetValueConverter() is null && (property.ClrType == typeof(DateTimeOffset) || property.ClrType == typeof(DateTimeOffset?)))
                property.SetValueConverter(time);
        }
    }
}
